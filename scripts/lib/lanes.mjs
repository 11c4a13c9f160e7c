import { accessSync, constants, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { run } from './children.mjs';

/** Heavy specs kill and restart servers: they run one after another, when the machine is theirs. */
const HEAVY = 'test/faults/';
/** Specs that need a FreeRADIUS beside the database. */
const RADIUS = 'test/radius/';
/** Specs against real daemons of network equipment, in namespaces and on ports of their own. */
const DEVICES = 'test/(?:devices|snmp)/';
const NEVER = 'test/bench/';
/** Faults of the database alone: a queue elsewhere changes nothing about them. */
const NO_QUEUE = 'test/faults/(?:address-races|secrets|service-schedules)';
const ON_BOTH_STORES = '(?:test/scenarios/|test/apis/rate-limits|test/faults/)';
/** What a developer's shell has set must not lead a test to a real database. */
const REMOVED = ['DATABASE_URL', 'REDIS_URL', 'PORT'];

const none = { passed: 0, failed: 0, skipped: 0 };
const sum = (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped });

/** Every spec, with the queue in PostgreSQL. */
export async function postgresLane(root, args) {
  heading('postgres queue');
  const light = await jest(root, [...args, ...only(root, `(?!${HEAVY}|${RADIUS}|${DEVICES}|${NEVER})`)]);
  if (!hasSpecs(join(root, HEAVY))) return light;
  return sum(light, await jest(root, [...args, '--runInBand', ...only(root, `(?=${HEAVY})`)]));
}

/** Stories, limits and faults once more, with queue and counters in Redis. */
export async function redisLane(root, args) {
  heading('redis queue');
  const absent = without(['redis-server']);
  if (absent) return absent;
  const env = { ISP_TEST_REDIS: '1' };
  const light = await jest(root, [...args, ...only(root, `(?=${ON_BOTH_STORES})(?!${HEAVY})`)], env);
  if (!hasSpecs(join(root, HEAVY))) return light;
  return sum(light, await jest(root, [...args, '--runInBand', ...only(root, `(?=${HEAVY})(?!${NO_QUEUE})`)], env));
}

/** Log-ins and accounting through a real FreeRADIUS. */
export async function radiusLane(root, args) {
  heading('freeradius');
  return (
    without(['freeradius', 'radclient', 'radtest']) ??
    jest(root, [...args, '--runInBand', ...only(root, `(?=${RADIUS})`)])
  );
}

/** SNMP and SSH drivers against Debian's snmpd, sshd, nft and tc. What needs a missing one says so in its name. */
export async function devicesLane(root, args) {
  heading('devices');
  return jest(root, [...args, '--runInBand', ...only(root, `(?=${DEVICES})`)]);
}

/** What a lane comes to that cannot run here; undefined when it can. */
function without(programs) {
  const missing = programs.filter((program) => !isOnPath(program));
  if (missing.length === 0) return undefined;
  const required = process.env.CI === 'true';
  console.log(
    `no ${missing.join(', no ')} on the PATH: this lane is ${required ? 'required in CI and FAILED' : 'skipped'}`,
  );
  return required ? { ...none, failed: 1 } : { ...none, skipped: 1 };
}

export const total = (results) => results.reduce(sum, none);

function heading(name) {
  console.log(`\n── ${name} ──`);
}

/**
 * Jest can only be told what to leave out: everything whose path in the repository does not fit. This option takes
 * every word that follows for its own, so it comes last.
 */
function only(root, pattern) {
  const prefix = root.replace(/\/$/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return [`^(?!${prefix}/${pattern})`, `^${prefix}/(?:node_modules|dist)/`, `^${prefix}/.*/fixtures/`].map(
    (ignored) => `--testPathIgnorePatterns=${ignored}`,
  );
}

async function jest(root, args, env = {}) {
  const scratch = mkdtempSync(join(tmpdir(), 'isp-results-'));
  const clear = () => rmSync(scratch, { recursive: true, force: true });
  process.once('exit', clear);
  const file = join(scratch, 'results.json');
  const program = join(root, 'node_modules/jest/bin/jest.js');
  const fixed = ['--json', `--outputFile=${file}`, '--passWithNoTests', ...(process.env.CI === 'true' ? ['--ci'] : [])];
  try {
    const { code } = await run(process.execPath, [program, ...fixed, ...args], {
      cwd: root,
      env: environment(env),
      show: true,
    });
    return counted(file, code);
  } finally {
    process.removeListener('exit', clear);
    clear();
  }
}

function environment(additions) {
  const env = { ...process.env, ...additions };
  for (const name of REMOVED) delete env[name];
  const options = '--experimental-vm-modules --disable-warning=ExperimentalWarning';
  env.NODE_OPTIONS = `${env.NODE_OPTIONS ?? ''} ${options}`.trim();
  return env;
}

/** A spec file that cannot run counts as one failed test; so does a Jest that fails without saying where. */
function counted(file, code) {
  if (!existsSync(file)) return { ...none, failed: 1 };
  const results = JSON.parse(readFileSync(file, 'utf8'));
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return { passed: results.numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
}

function hasSpecs(directory) {
  return existsSync(directory) && readdirSync(directory, { recursive: true }).some((name) => name.endsWith('.spec.ts'));
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
