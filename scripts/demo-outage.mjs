/**
 * Cuts the simulated OLT of a running sandbox over HTTP, and shows what follows: the outage with the services behind it,
 * its ticket, what customers are told and see before they call, and how it closes itself. Takes some four minutes; stops
 * with exit code 1 at the first difference. The credit of a month that fell short needs a month: the scenario
 * test/scenarios/service-levels.spec.ts lives through one with a clock of its own.
 *
 * It reads .data/sandbox.json (or the file named as its argument), so it needs nothing but a sandbox that runs.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 240_000;
const file = process.argv[2] ?? join(process.env.ISP_DATA_DIR ?? '.data', 'sandbox.json');
const sandbox = JSON.parse(
  await readFile(file, 'utf8').catch(() => {
    console.error(`no ${file}: start the sandbox first (npm start)`);
    process.exit(1);
  }),
);

function fail(message) {
  console.error(`\nDEMO FAILED: ${message}`);
  process.exit(1);
}

async function ask(method, path, body) {
  const response = await fetch(`${sandbox.base_url}${path}`, {
    method,
    headers: { 'x-api-key': sandbox.api_key, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body ? JSON.stringify(body) : undefined,
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok) fail(`${method} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

async function until(what, probe) {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(2_000)) {
    const found = await probe();
    if (found) return found;
  }
  return fail(`not within ${PATIENCE_MS / 1000} s: ${what}`);
}

const say = (title, value) => console.log(`\n${title}\n${JSON.stringify(value, null, 2)}`);
const outageOf = async (device) => (await ask('GET', `/v1/outages?device_id=${device}&per_page=1`)).outages[0];

const [olt] = (await ask('GET', '/v1/network/devices?kind=olt')).devices;
if (!olt) fail('there is no OLT');
const { poll_interval_seconds: interval, settings } = olt;
const behave = (agent_fault, seconds) =>
  ask('PATCH', `/v1/network/devices/${olt.id}`, {
    settings: agent_fault ? { ...settings, agent_fault } : settings,
    poll_interval_seconds: seconds,
  });

console.log(`${olt.name} is cut. Three questions without an answer make an outage.`);
const before = await outageOf(olt.id);
await behave('silence', 5);
try {
  const outage = await until('the outage', async () => {
    const found = await outageOf(olt.id);
    return found && found.id !== before?.id && found.status === 'open' ? found : undefined;
  });
  say('The outage', outage);
  const { services } = await ask('GET', `/v1/outages/${outage.id}/services?per_page=1`);
  if (services.length === 0 || outage.affected_services === 0) fail('no service is behind it');
  say('Its ticket', await ask('GET', `/v1/tickets/${outage.ticket_id}`));
  const [{ service_id: service, customer_id: customer }] = services;
  const notices = await ask('GET', `/v1/notices?subject=outage&subject_id=${outage.id}&customer_id=${customer}`);
  if (notices.pagination.total !== 1) fail(`customer ${customer} was told ${notices.pagination.total} times`);
  say('What its customer was told', notices.notices[0]);
  const health = await ask('GET', `/v1/services/${service}/health`);
  if (health.health !== 'outage') fail(`the service is ${health.health}`);
  say('What the customer sees before calling', { health: health.health, session: health.session });
  console.log(`\n${olt.name} is back. Two answers, and a hold of two minutes in which nothing may fall.`);
  await behave(undefined, 5);
  const over = await until('the end of the outage', async () => {
    const found = await outageOf(olt.id);
    return found.status === 'resolved' ? found : undefined;
  });
  say('The outage', over);
  say('Its ticket', await ask('GET', `/v1/tickets/${outage.ticket_id}`));
  const { service_levels: levels } = await ask('GET', `/v1/service-levels?service_id=${service}&per_page=1`);
  say('The month of one service so far', levels[0] ?? 'is measured within a minute');
} finally {
  await behave(undefined, interval);
}
console.log('\nDEMO DONE');
