/** A hand-written statement. Its name makes PostgreSQL keep the plan; it must be unique and follow the text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

const names = new Map<string, string>();

/** Declares a named, prepared statement. Two texts under one name are refused at load time. */
export function statement(name: string, text: string): Statement {
  const known = names.get(name);
  if (known !== undefined && known !== text) throw new Error(`two statements are named ${name}`);
  names.set(name, text);
  return { name, text };
}

/**
 * For the FROM list of a statement that is a transaction of its own or the whole of one: its commit is not waited for. It
 * comes to disk before any commit that follows it and is waited for, so a crash of the server takes it back only together
 * with everything that came after it. For what is made again without loss.
 */
export const NOT_WAITED_FOR = `(SELECT set_config('synchronous_commit', 'off', true)) AS not_waited_for`;

/**
 * For the FROM list of a statement about several things: arrays of parameters as rows, in their order. A plan takes it for a
 * single row (a tenth of the ten that it takes an array for, because it does not know the limit), so what is joined with it
 * is looked up thing by thing, as for one. A plan that was made while a table was small would else read all of it for ever
 * after; and one that knew how many there are would be made with every call.
 * @param types of the elements: of the first parameter's array, the second's, …
 */
export function rowsOf(...types: readonly string[]): string {
  const arrays = types.map((type, index) => `(SELECT $${index + 1}::${type}[])`);
  return `(SELECT * FROM unnest(${arrays.join(', ')}) LIMIT (SELECT cardinality($1::${types[0]}[])))`;
}
