import { PERMISSIONS, type Actor, systemActor } from '@isp/contracts';
import { MeasureLevels, OpenOutage, PlanMaintenance } from '@isp/domain/outages';
import { addDays } from '@isp/kernel';

const EVERYTHING: Actor = { ...systemActor('spec'), permissions: new Set(PERMISSIONS) };

let serial = 0;
let last: Promise<unknown> = Promise.resolve();
/** One after another: outages open and months are measured in turn, and who finds it busy gives up after a while. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work);
  last = mine.catch(() => undefined);
  return mine;
}
let devices = 10;
/** A device of the sandbox, an ONT, of which nobody has opened an outage. */
export const soundDevice = (): number => (devices += 1);
/** A day that no other call has promised anything from. */
export const unknownDay = (): string => addDays('2150-01-01', (serial += 1));

type Use = <T>(type: abstract new (...args: never[]) => T) => T;
type Sql = <R extends object>(text: string) => Promise<R[]>;
type Make = (what: 'service', partnerId: number) => Promise<string | number>;

/** What happens to services of a partner: each behind a device of its own. */
export function outageFixtures(use: Use, sql: Sql, thing: Make) {
  const deviceOf = async (serviceId: number): Promise<number> => {
    const n = (serial += 1);
    const [olt] = await sql<{ id: number }>(
      `INSERT INTO devices (name, kind) VALUES ('made olt ${n}', 'olt') RETURNING id`,
    );
    await sql(`UPDATE services SET status = 'active', activated_at = '2025-01-01' WHERE id = ${serviceId};
      INSERT INTO devices (name, kind, olt_id, service_id) VALUES ('made ont ${n}', 'ont', ${olt?.id}, ${serviceId})`);
    return olt?.id ?? 0;
  };
  const happening = {
    outage: async (serviceId: number) => {
      const place = { deviceId: await deviceOf(serviceId), nodeId: null };
      return (await use(OpenOutage).execute({ actor: EVERYTHING, place, title: 'Made' })).id;
    },
    maintenance_window: async (serviceId: number) => {
      const times = { startsAt: new Date('2199-01-01T00:00:00Z'), endsAt: new Date('2199-01-01T02:00:00Z') };
      const place = { deviceId: await deviceOf(serviceId), nodeId: null };
      return (await use(PlanMaintenance).execute({ actor: EVERYTHING, place, title: 'Made', ...times })).id;
    },
    service_level: async (serviceId: number) => {
      await deviceOf(serviceId);
      await use(MeasureLevels).execute();
      const [row] = await sql<{ id: number }>(
        `SELECT max(id) AS id FROM service_levels WHERE service_id = ${serviceId}`,
      );
      return row?.id ?? 0;
    },
  };
  type Happening = keyof typeof happening;
  /** As `make`, to a service that there is. */
  const happensTo = (what: Happening, serviceId: number): Promise<number> => inTurn(() => happening[what](serviceId));
  const toSomebody = (what: Happening) => async (partnerId: number) =>
    happensTo(what, Number(await thing('service', partnerId)));
  const make = {
    outage: toSomebody('outage'),
    maintenance_window: toSomebody('maintenance_window'),
    service_level: toSomebody('service_level'),
  };
  return { make, happensTo };
}
