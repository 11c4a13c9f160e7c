import pg from 'pg';
import type { Statement } from './statement.js';

/** One statement of a flight. */
export interface Leg {
  readonly sql: Statement;
  readonly values: readonly unknown[];
}

/** What became of a leg. */
export interface Landed {
  readonly rows: readonly unknown[];
  /** As the command's tag has it: rows touched or answered; 0 where the tag has none. */
  readonly rowCount: number;
  /** The server's word for what it did: `COMMIT`, or `ROLLBACK` where that was asked of a transaction that had failed. */
  readonly tag: string;
}

type Value = Buffer | string | null;
type Parser = (text: string) => unknown;
type Names = Record<string, string | undefined>;
type Outcome = (error: Error | null, landed?: readonly Landed[]) => void;

/** What a prepared statement answers: its columns, and how each is read. */
interface Shape {
  readonly columns: readonly string[];
  readonly parsers: readonly Parser[];
}

/** The parts of node-postgres' connection that its own queries use. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  readonly parsedStatements: Names;
  readonly submittedNamedStatements: Names;
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: readonly Value[] }): void;
  describe(message: { type: 'P' }): void;
  execute(message: object): void;
  sync(): void;
}

/** What the client looks at while a query is under way: the statement whose parsing the server confirms next. */
interface Underway {
  name: string | undefined;
  text: string;
  callback: Outcome;
}

const { prepareValue } = (pg as unknown as { utils: { prepareValue(value: unknown): Value } }).utils;
const Query = pg.Query as unknown as new (text: string) => Underway;

const NOTHING: Shape = { columns: [], parsers: [] };
/**
 * Of each connection. A prepared statement answers the same columns as long as it lives (the server refuses to run one
 * whose columns would have changed), so they are asked for once.
 */
const shapesOfWires = new WeakMap<object, Map<string, Shape>>();

/**
 * Several prepared statements between two Syncs of the extended protocol. Outside a transaction block the server runs
 * them as one transaction, which the Sync commits and the first error undoes, together with everything set for the
 * transaction alone (PostgreSQL, "Message Flow", 53.2.3 and 53.2.4).
 */
class Flight extends Query {
  private readonly landed: Landed[] = [];
  private readonly expected: (Shape | undefined)[] = [];
  private shapes = new Map<string, Shape>();
  private shape: Shape | undefined;
  private rowsOfLeg: Record<string, unknown>[] = [];
  private unreadable: Error | undefined;

  constructor(
    private readonly client: pg.ClientBase,
    private readonly legs: readonly Leg[],
    /** How long the client waits for all of it, in milliseconds, where that is not as long as for any other. */
    readonly query_timeout: number | undefined,
    callback: Outcome,
  ) {
    super('');
    this.callback = callback;
    this.next();
  }

  /** Called by the client. An error that is answered, rather than thrown, means that nothing was sent. */
  submit(wire: Wire): Error | null {
    let values: Value[][];
    try {
      for (const { sql } of this.legs) {
        const known = wire.parsedStatements[sql.name] ?? wire.submittedNamedStatements[sql.name];
        if (known !== undefined && known !== sql.text) return new Error(`two statements are named ${sql.name}`);
      }
      values = this.legs.map((leg) => leg.values.map((value) => prepareValue(value)));
    } catch (error) {
      return error as Error;
    }
    this.shapes = shapesOf(wire);
    wire.stream.cork();
    try {
      this.legs.forEach((leg, index) => this.send(wire, leg.sql, values[index] as Value[]));
      wire.sync();
    } finally {
      wire.stream.uncork();
    }
    return null;
  }

  handleRowDescription({ fields }: { readonly fields: readonly pg.FieldDef[] }): void {
    this.shape = {
      columns: fields.map(({ name }) => name),
      parsers: fields.map(({ dataTypeID }) => this.client.getTypeParser(dataTypeID, 'text') as Parser),
    };
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    if (this.unreadable) return;
    const { columns, parsers } = this.shape ?? NOTHING;
    const row: Record<string, unknown> = {};
    try {
      if (fields.length !== columns.length) throw new Error(`${this.name} answers other columns than it had`);
      for (let index = 0; index < fields.length; index += 1) {
        const text = fields[index] as string | null;
        row[columns[index] as string] = text === null ? null : (parsers[index] as Parser)(text);
      }
    } catch (error) {
      this.unreadable = error as Error;
      return;
    }
    this.rowsOfLeg.push(row);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    // `SELECT 3`, `INSERT 0 1`, `COMMIT`
    this.land(Number(text.slice(text.lastIndexOf(' ') + 1)) || 0, text);
  }

  handleEmptyQuery(): void {
    this.land(0, '');
  }

  /** From the server, or because the connection is gone or too slow. The server skips what is left, up to the Sync. */
  handleError(error: Error, wire: Wire): void {
    // What was to be parsed behind the error was not.
    for (const { sql } of this.legs)
      if (wire.parsedStatements[sql.name] === undefined) delete wire.submittedNamedStatements[sql.name];
    this.callback(error);
  }

  handleReadyForQuery(): void {
    if (this.unreadable) this.callback(this.unreadable);
    else if (this.landed.length < this.legs.length) this.callback(new Error('the server answered too little'));
    else this.callback(null, this.landed);
  }

  private send(wire: Wire, { name, text }: Statement, values: readonly Value[]): void {
    const known = (wire.parsedStatements[name] ?? wire.submittedNamedStatements[name]) !== undefined;
    if (!known) {
      wire.parse({ name, text });
      wire.submittedNamedStatements[name] = text;
    }
    wire.bind({ statement: name, values });
    const shape = known ? this.shapes.get(name) : undefined;
    if (!shape) wire.describe({ type: 'P' });
    wire.execute({});
    this.expected.push(shape);
    if (this.expected.length === 1) this.shape = shape;
  }

  private land(rowCount: number, tag: string): void {
    this.shapes.set(this.name ?? '', this.shape ?? NOTHING);
    this.landed.push({ rows: this.rowsOfLeg, rowCount, tag });
    this.rowsOfLeg = [];
    this.next();
  }

  private next(): void {
    const leg = this.legs[this.landed.length];
    this.name = leg?.sql.name;
    this.text = leg?.sql.text ?? '';
    this.shape = this.expected[this.landed.length];
  }
}

function shapesOf(wire: object): Map<string, Shape> {
  const known = shapesOfWires.get(wire);
  if (known) return known;
  const shapes = new Map<string, Shape>();
  shapesOfWires.set(wire, shapes);
  return shapes;
}

/**
 * Sends statements at once and answers what became of each. Outside a transaction block they are one transaction, done
 * when this resolves; inside they are statements of it. Rejects with the first error, behind which nothing was run.
 * Until that, the client belongs to the caller; several flights may follow each other on a client that pipelines.
 */
export function fly(client: pg.ClientBase, legs: readonly Leg[], withinMs?: number): Promise<readonly Landed[]> {
  return new Promise((resolve, reject) => {
    const flight = new Flight(client, legs, withinMs, (error, landed = []) =>
      error ? reject(error) : resolve(landed),
    );
    client.query(flight as unknown as pg.Submittable);
  });
}
