import { loadConfig } from '@isp/platform/config';
import { openQueueConnections } from '@isp/platform/work';
import { Queue } from 'bullmq';
import { MASTER_KEYS } from './fault-database.js';
import type { Accepted } from './provisioning.js';
import type { World } from './world.js';

/** Puts two more messages for every job on the queue, behind the dispatcher's back; answers how many it added. */
export async function sendAgain(world: World, accepted: readonly Accepted[]): Promise<number> {
  const ids = await world.rows<{ id: string }>(
    `SELECT id::text FROM work_items WHERE name = 'provisioning.run' AND payload->>'provisioning_job_id' = ANY ($1)`,
    [accepted.map(({ jobId }) => String(jobId))],
  );
  const url = world.redis ? { REDIS_URL: world.redis.url } : {};
  const config = loadConfig({ DATABASE_URL: world.database.appUrl, ISP_MASTER_KEYS: MASTER_KEYS, ...url });
  const connections = openQueueConnections(config, 'api');
  const queue = new Queue('provisioning', { connection: connections.producer as never, prefix: connections.prefix });
  queue.on('error', () => undefined);
  try {
    const messages = [...ids, ...ids].map(({ id }) => ({
      name: 'work',
      data: { ids: [id], deaths: 0 },
      opts: { removeOnComplete: true },
    }));
    await queue.addBulk(messages);
    return messages.length;
  } finally {
    await queue.close();
    await connections.close();
  }
}
