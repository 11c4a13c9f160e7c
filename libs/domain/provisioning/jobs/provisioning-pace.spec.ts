import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Priority } from '@isp/contracts';
import { actor, closeServices, openServices, order, sql, use } from '../../../../test/support/services-world.js';
import { ProvisioningModule } from '../provisioning.module.js';
import { RequestProvisioning } from './request-provisioning.usecase.js';

beforeAll(() => openServices(ProvisioningModule), 120_000);
afterAll(() => closeServices());

const JOB_SECONDS = 600;
/** The pace is looked at once a second at most. */
const STALE_MS = 1_100;

/** Minutes from the order until it is said to be done. */
async function minutes(priority: Priority, scheduledTime?: Date): Promise<number> {
  await sleep(STALE_MS);
  const input = { actor, serviceId: await order(), request: {}, priority, scheduledTime };
  const { estimatedCompletion, createdAt } = await use(RequestProvisioning).execute(input);
  return Math.round((estimatedCompletion.getTime() - (scheduledTime ?? createdAt).getTime()) / 60_000);
}

/** Jobs that succeeded, each of ten minutes and so long after the one before. */
async function history(everySeconds: number): Promise<void> {
  await sql(`DELETE FROM provisioning_jobs WHERE status = 'succeeded'`);
  const serviceId = await order();
  await sql(`INSERT INTO provisioning_jobs (partner_id, customer_id, service_id, status, request, estimated_completion, requested_by, started_at, finished_at)
    SELECT s.partner_id, s.customer_id, s.id, 'succeeded', '{}', now(), 'spec', t, t + interval '${JOB_SECONDS} seconds'
      FROM services s, generate_series(0, 19) n, LATERAL (SELECT now() - interval '1 day' + n * interval '${everySeconds} seconds') x (t)
     WHERE s.id = ${serviceId}`);
}

it('is at once before anything was measured, whatever waits', async () => {
  expect([await minutes('normal'), await minutes('normal')]).toEqual([0, 0]);
});

it('is the median of a job, behind the work of at least its priority', async () => {
  await history(2 * JOB_SECONDS);
  await sql(`UPDATE provisioning_jobs SET finished_at = finished_at + interval '10 hours' WHERE id IN
    (SELECT id FROM provisioning_jobs WHERE status = 'succeeded' ORDER BY started_at DESC LIMIT 1)`);
  // Two that are normal wait since the start.
  expect(await minutes('normal')).toBe(30);
  expect(await minutes('normal')).toBe(40);
  expect(await minutes('low')).toBe(50);
  expect(await minutes('urgent')).toBe(10);
  expect(await minutes('high')).toBe(20);
  expect(await minutes('normal')).toBe(70);
});

it('is that of the job alone where it begins at a time of its own', async () => {
  const [row] = await sql<{ at: Date }>(`SELECT date_trunc('second', now() + interval '1 day') AS at`);
  expect(await minutes('normal', row?.at)).toBe(10);
});

it('counts with the jobs that are done side by side', async () => {
  // With that one itself, as many minutes of work as it was told stand before the next.
  const ahead = await minutes('low');
  // Each minute one begins: ten at a time, and fewer at both ends: 200 minutes of work in 29.
  await history(60);
  expect(await minutes('low')).toBe(Math.round(10 + (ahead * 29) / 200));
});
