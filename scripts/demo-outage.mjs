/**
 * From an outage to the credit on the bill, over HTTP: cuts the simulated OLT of a sandbox and shows the outage with the
 * services behind it, its ticket, the warning, the breach and the figures of the desk, what customers are told, see before
 * they call and dispute afterwards, and how it closes itself. Then the sandbox is started again with its clock in the next
 * month: the month that fell short is credited, with its proof. Takes some three minutes; stops with exit code 1 at the first
 * difference.
 *
 * It runs on a sandbox of its own. With a file as its argument (.data/sandbox.json) it shows all but the next month on the
 * sandbox that runs there.
 */
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 240_000;
const A_DAY_MS = 86_400_000;
const root = fileURLToPath(new URL('..', import.meta.url));
let sandbox;
let program;
let directory;

function fail(message) {
  throw new Error(message);
}

const lives = () => program && program.exitCode === null && program.signalCode === null;

/** `npm start` on data of its own, its clock so many days ahead. */
async function start(daysAhead) {
  const file = join(directory, 'sandbox.json');
  await rm(file, { force: true });
  const settings = { ISP_CLOCK_AHEAD_DAYS: String(daysAhead), ISP_OUTAGE_HOLD_SECONDS: '15' };
  const env = { ...process.env, ...settings, ISP_DATA_DIR: directory, PORT: '0' };
  delete env.DATABASE_URL;
  delete env.REDIS_URL;
  program = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  sandbox = await until('the sandbox', () =>
    lives() ? readFile(file, 'utf8').then(JSON.parse, () => undefined) : fail('npm start ended'),
  );
}

async function stop() {
  if (!lives()) return;
  const ended = new Promise((resolve) => program.once('exit', resolve));
  program.kill('SIGINT');
  await ended;
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
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(1_000)) {
    const found = await probe();
    if (found) return found;
  }
  return fail(`not within ${PATIENCE_MS / 1000} s: ${what}`);
}

const say = (title, value) => console.log(`\n${title}\n${JSON.stringify(value, null, 2)}`);
const outageOf = async (device) => (await ask('GET', `/v1/outages?device_id=${device}&per_page=1`)).outages[0];
const linksOf = async (ticket, outage) =>
  (await ask('GET', `/v1/tickets/${ticket}`)).links.some(({ type, id }) => type === 'outage' && id === outage);

/** A ticket of a customer, which finds the outage that it is about. */
async function complain(customer_id, service, category, subject, outage) {
  const ticket = await ask('POST', '/v1/tickets', { customer_id, subject, category, service_ids: [service] });
  await until('the link to the outage', () => linksOf(ticket.id, outage));
  console.log(`\n"${subject}" (${ticket.number}) is linked to outage ${outage}.`);
}

/** Of a customer behind the OLT, who is quicker than the poller. */
async function quickest(olt) {
  const onts = (await ask('GET', '/v1/network/devices?kind=ont&per_page=100')).devices;
  const { service_id: service } =
    onts.find((ont) => ont.olt_id === olt && ont.service_id) ?? fail('no ONT serves anybody');
  const { customer_id } = await ask('GET', `/v1/services/${service}`);
  const about = { customer_id, subject: 'It has just stopped', category: 'intermittent', service_ids: [service] };
  return ask('POST', '/v1/tickets', about);
}

/**
 * Who came in today is behind the outage too, and has a month of hours in which minutes are more than was promised away:
 * of a whole month they are less, and nothing would be credited.
 */
async function newcomer(outage) {
  const { services } = await ask('GET', `/v1/outages/${outage.id}/services?per_page=100`);
  if (services.length === 0 || outage.affected_services === 0) fail('no service is behind it');
  for (const { service_id: service, customer_id: customer } of services) {
    const { activated_at: since } = await ask('GET', `/v1/services/${service}`);
    if (since && Date.now() - Date.parse(since) < A_DAY_MS) return { service, customer };
  }
  return fail('nobody behind it came in today');
}

/** Targets of minutes for what is critical, so that nobody waits for hours. Answers what they were. */
async function hurry() {
  const { name, calendar_id, targets, warn_percent, escalations } = await ask('GET', '/v1/sla/policies/1');
  const was = { name, calendar_id, targets, warn_percent, escalations };
  const critical = { first_response_minutes: 1, resolution_minutes: 1, around_the_clock: true };
  await ask('PUT', '/v1/sla/policies/1', { ...was, targets: { ...targets, critical }, warn_percent: 50 });
  return was;
}

async function cutAndMend() {
  const [olt] = (await ask('GET', '/v1/network/devices?kind=olt')).devices;
  if (!olt) fail('there is no OLT');
  const { poll_interval_seconds: interval, settings } = olt;
  const behave = (agent_fault, seconds) =>
    ask('PATCH', `/v1/network/devices/${olt.id}`, {
      settings: agent_fault ? { ...settings, agent_fault } : settings,
      poll_interval_seconds: seconds,
    });
  const before = await outageOf(olt.id);
  const figures = await ask('GET', '/v1/sla/performance-metrics');
  const was = await hurry();
  try {
    const early = await quickest(olt.id);
    console.log(`${olt.name} is cut. Three questions without an answer make an outage.`);
    await behave('silence', 5);
    const outage = await until('the outage', async () => {
      const found = await outageOf(olt.id);
      return found && found.id !== before?.id && found.status === 'open' ? found : undefined;
    });
    say('The outage', outage);
    const { service, customer } = await newcomer(outage);
    await until('the link of who called first', () => linksOf(early.id, outage.id));
    console.log(
      `\n"${early.subject}" (${early.number}) was told before anybody knew, and is linked to outage ${outage.id}.`,
    );
    await seenByCustomers(outage, service, customer);
    await late(outage.ticket_id);
    console.log(`\n${olt.name} is back. Two answers, and a hold in which nothing may fall.`);
    await behave(undefined, 5);
    const over = await until('the end of the outage', async () => {
      const found = await outageOf(olt.id);
      return found.status === 'resolved' ? found : undefined;
    });
    say('The outage', over);
    const ticket = await ask('GET', `/v1/tickets/${outage.ticket_id}`);
    if (ticket.status !== 'resolved') fail(`its ticket is ${ticket.status}`);
    say('Its ticket', { number: ticket.number, status: ticket.status, sla: ticket.sla });
    const now = await ask('GET', '/v1/sla/performance-metrics');
    const tardy = [figures, now].map(({ tickets_breached }) => tickets_breached);
    if (tardy[1] <= tardy[0]) fail(`tickets that were late: ${tardy.join(', then ')}`);
    say('The figures of the desk', now);
    await complain(customer, service, 'outage_credit', 'You were down, I want money back', outage.id);
    return service;
  } finally {
    // One that is refused keeps the other from nothing.
    await Promise.allSettled([behave(undefined, interval), ask('PUT', '/v1/sla/policies/1', was)]);
  }
}

async function seenByCustomers(outage, service, customer) {
  const notices = await ask('GET', `/v1/notices?subject=outage&subject_id=${outage.id}&customer_id=${customer}`);
  if (notices.pagination.total !== 1) fail(`customer ${customer} was told ${notices.pagination.total} times`);
  say('What its customer was told', notices.notices[0]);
  const health = await ask('GET', `/v1/services/${service}/health`);
  if (health.health !== 'outage') fail(`the service is ${health.health}`);
  say('What the customer sees before calling', { health: health.health, session: health.session });
  await complain(customer, service, 'no_connection', 'Nothing works', outage.id);
}

/** The warning, then the breach: whichever sweep comes first, the minute's or this one, finds each once. */
async function late(ticketId) {
  for (const what of ['warned_at', 'breached_at']) {
    const ticket = await until(what, async () => {
      await ask('POST', '/v1/sla/check-breaches');
      const found = await ask('GET', `/v1/tickets/${ticketId}`);
      return found.sla.resolution[what] ? found : undefined;
    });
    say(what === 'warned_at' ? 'The warning' : 'The breach', { number: ticket.number, ...ticket.sla.resolution });
  }
  const up = await until('the escalation', async () =>
    (await ask('GET', '/v1/sla/escalations')).escalations.find(({ ticket_id }) => ticket_id === ticketId),
  );
  say('Who has it now', up);
}

/** Of the service that came in today, once its month is over. */
async function credit(service) {
  const level = await until('the credit', async () => {
    const { service_levels: levels } = await ask('GET', `/v1/service-levels?service_id=${service}&per_page=5`);
    return levels.find((one) => one.final && one.credited_amount > 0);
  });
  say('The month of one service', level);
  const proof = await ask('GET', `/v1/service-levels/${level.id}/proof`);
  say('Its proof', proof);
  const [document] = proof.documents;
  say('The credit note', await ask('GET', `/v1/billing/invoices/${document.invoice_id}`));
}

async function show(file) {
  if (file) {
    const text = await readFile(file, 'utf8').catch(() => fail(`no ${file}: start the sandbox first (npm start)`));
    sandbox = JSON.parse(text);
    await cutAndMend();
    return;
  }
  directory = await mkdtemp(join(tmpdir(), 'isp-demo-'));
  await chmod(directory, 0o711); // as root, PostgreSQL runs as another user, who must come through
  console.log('A sandbox of its own is started.');
  await start(0);
  const service = await cutAndMend();
  await stop();
  const today = new Date();
  const days = new Date(today.getUTCFullYear(), today.getUTCMonth() + 1, 0).getDate() - today.getUTCDate() + 2;
  console.log(`\nThe clock is moved on by ${days} days: the month is over.`);
  await start(days);
  await credit(service);
}

/** Whatever happens, the sandbox of its own ends and goes. */
let ending;
const end = () =>
  (ending ??= (async () => {
    await stop();
    if (directory) await rm(directory, { recursive: true, force: true });
  })());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => void end().then(() => process.exit(130)));

try {
  await show(process.argv[2]);
  console.log('\nDEMO DONE');
} catch (error) {
  console.error(`\nDEMO FAILED: ${error.message}`);
  process.exitCode = 1;
} finally {
  await end();
}
