import { readFile } from 'node:fs/promises';
import { monotonicMs } from '@isp/kernel';
import { sessionOptions, WORKER_LIMITS } from '@isp/platform/database';
import pg from 'pg';
import { COMPARE } from '../../libs/domain/network/convergence/drift.repository.js';
import { fillServices } from './data.js';
import { type Figure, median, number } from './measure.js';
import { PARTNERS, type Place } from './place.js';

const COUNT = 100_000;
/** One service in a thousand differs. */
const DIFFERENT = 1_000;

interface Bench {
  readonly place: Place;
  readonly rounds: number;
}

/** Active services with subscribers, each with an open session; answers how many. */
function fill(place: Place): Promise<number> {
  return place.owner(async (client) => {
    const ids = await fillServices(client, COUNT, [PARTNERS.operator, PARTNERS.large, ...PARTNERS.others]);
    await client.query(`UPDATE services SET status = 'active' WHERE id = ANY ($1)`, [ids]);
    await client.query(
      `INSERT INTO subscribers (partner_id, customer_id, service_id, username, password_sealed, router_id, address, prefix_length,
         bandwidth_profile, download_kbps, upload_kbps, confirmed_version, convergence, confirmed_at)
       SELECT s.partner_id, s.customer_id, s.id, 'reconcile-' || s.id, '-', d.id, '100.64.0.0'::inet + s.id, 10, 'bench-100', 100000, 50000, 1, 'confirmed', now()
         FROM services s, devices d WHERE s.id = ANY ($1) AND d.name = 'bench'`,
      [ids],
    );
    await client.query(
      `INSERT INTO radius.radacct (acctuniqueid, acctsessionid, username, partner_id, customer_id, service_id, nasipaddress, framedipaddress,
         acctstarttime, acctupdatetime, heard_at, granted_version, granted_access, granted_download_kbps, granted_upload_kbps)
       SELECT 'reconcile-' || u.service_id, 'reconcile-' || u.service_id, u.username, u.partner_id, u.customer_id, u.service_id, '198.51.100.7', u.address,
              now(), now(), now() + interval '1 day', 1, 'open', 100000 - (u.service_id % ${DIFFERENT} = 0)::integer, 50000
         FROM subscribers u WHERE u.service_id = ANY ($1)`,
      [ids],
    );
    await client.query('VACUUM ANALYZE services, subscribers, radius.radacct, network_drifts');
    return ids.length;
  });
}

/** What the server process of a connection took at most beside the shared buffers, MB. */
async function peakMb(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const status = await readFile(`/proc/${rows[0]?.pid ?? 0}/status`, 'utf8');
  const kb = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  return (kb('VmHWM') - kb('RssShmem')) / 1_024;
}

/** The whole network against what is wanted of it, in one pass. */
export async function reconcileFigures({ place, rounds }: Bench): Promise<Figure[]> {
  const services = await fill(place);
  const options = `${sessionOptions(WORKER_LIMITS)} -c app.unrestricted=on`;
  const client = new pg.Client({ connectionString: place.postgres.appUrl, options });
  await client.connect();
  try {
    const seconds: number[] = [];
    let found = 0;
    for (let round = 0; round < rounds; round += 1) {
      const start = monotonicMs();
      found += (await client.query({ ...COMPARE, values: [30, 1_000] })).rows.length;
      seconds.push((monotonicMs() - start) / 1_000);
    }
    if (found !== Math.floor(services / DIFFERENT)) console.log(`${found} differences in ${services} services`);
    const [took, peak] = [median(seconds), await peakMb(client)];
    const ours = `${number(took)} s, ${number(peak)} MB`;
    const what = `${services.toLocaleString('en-US')} services compared in one pass`;
    return [{ what, ours, bare: '', ratio: '', target: '≤ 10 s, ≤ 200 MB', met: took <= 10 && peak <= 200 }];
  } finally {
    await client.end();
  }
}
