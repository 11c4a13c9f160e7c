import { type Plot, type Town, buildTown } from '../../support/town.js';
import { type Answer, ask, askPatiently } from './http.js';
import type { ProgramProcess } from './program-process.js';
import type { World } from './world.js';

export interface OrderingWorld {
  readonly town: Town;
  /** A token of each of two ISPs. */
  readonly isps: readonly [string, string];
}

/** A town with so many premises, and two ISPs that may order there. */
export async function openTown(world: World, api: ProgramProcess, plots: number): Promise<OrderingWorld> {
  const town = await buildTown((text) => world.rows(text), plots);
  const isps: string[] = [];
  for (const name of ['North Net', 'South Net']) {
    const partner = await ask(`${api.url}/v1/partners`, world.database.apiKey, {
      method: 'POST',
      body: { name, kind: 'isp' },
    });
    const path = `${api.url}/v1/partners/${String(partner.body['id'])}/tokens`;
    const token = await ask(path, world.database.apiKey, { method: 'POST', body: { name: 'faults' } });
    if (token.status !== 201) throw new Error(`${partner.status} ${token.status} ${JSON.stringify(token.body)}`);
    isps.push(String(token.body['token']));
  }
  return { town, isps: isps as unknown as readonly [string, string] };
}

let serial = 0;

/** An order of a new customer on a premise. */
export function orderOn(plot: Plot, product: string) {
  const n = (serial += 1);
  return {
    customer: { first_name: 'A', last_name: `B${n}`, email: `fault${n}@example.com`, mobile_number: '+27821234567' },
    premise: { external_reference: plot.reference },
    service: { product_id: product },
  };
}

export const placeOrder = (api: ProgramProcess, token: string, body: unknown, key?: string): Promise<Answer> =>
  askPatiently(`${api.url}/wholesale/services/full`, token, { method: 'POST', body, key });

export interface OrderState {
  readonly service: string;
  readonly workOrder: string;
  readonly premise: string;
  readonly services: number;
  readonly ended: string | null;
}

/** How the orders on a premise stand; the newest one's service and work order. */
export function stateOf(world: World, plot: Plot): Promise<OrderState> {
  return world.row<OrderState>(
    `SELECT s.status AS service, p.status AS premise, o.end_reason AS ended,
            (SELECT string_agg(w.status, ' ') FROM work_orders w WHERE w.service_id = s.id) AS "workOrder",
            (SELECT count(*)::integer FROM orders x WHERE x.premise_id = p.id) AS services
       FROM premises p LEFT JOIN orders o ON o.premise_id = p.id LEFT JOIN services s ON s.id = o.service_id
      WHERE p.guid = $1 ORDER BY o.id DESC LIMIT 1`,
    [plot.guid],
  );
}

export const serviceIdOf = (answer: Answer): string =>
  String((answer.body['service'] as Record<string, unknown>)['service_id']);

export async function workOrderOf(world: World, service: string): Promise<number> {
  const sql = `SELECT w.id FROM work_orders w JOIN services s ON s.id = w.service_id WHERE s.guid = $1`;
  return (await world.row<{ id: number }>(sql, [service.toLowerCase()])).id;
}
