import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { run } from './children.mjs';

/** Heavy specs kill and restart servers: they run one after another, when the machine is theirs. */
const HEAVY = 'test/faults/';
/** Specs that need a FreeRADIUS beside the database. */
const RADIUS = 'test/radius/';
/** Specs against real daemons of network equipment, in namespaces and on ports of their own. */
const DEVICES = 'test/(?:devices|snmp)/';
/** A real PPPoE line through a gateway in User-Mode Linux. */
const LAB = 'test/lab/';
const NEVER = 'test/bench/';
/** Faults of the database alone: a queue elsewhere changes nothing about them. */
const NO_QUEUE =
  'test/faults/(?:network-races|billing|payments|dunning|outages|change-feed|secrets\\.|service-schedules|convergence|device-garbage|restore|saga-kills)';
/** Kill workers over minutes, and what they hold is in the database: on one queue. */
const ONE_QUEUE = 'test/faults/(?:imports|messages|prepaid)';
/** Hold every answer to a time: nothing runs beside them. What is lost in the first is a queue too. */
const TIMED_ON_BOTH_STORES = 'test/faults/stores-lost';
const TIMED = `(?:${TIMED_ON_BOTH_STORES}|test/faults/blackhole)`;
const ON_BOTH_STORES = '(?:test/scenarios/|test/apis/rate-limits|test/faults/)';
/** What a developer's shell has set must not lead a test to a real database. */
const REMOVED = ['DATABASE_URL', 'REDIS_URL', 'PORT'];

const none = { passed: 0, failed: 0, skipped: 0, failures: [] };
const sum = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [...a.failures, ...b.failures],
});

/** How many lanes that mostly wait (for leases, timers, servers that come back) share the machine. */
const SIDE_BY_SIDE = 3;
const onRedis = { needs: ['redis-server'], env: { ISP_TEST_REDIS: '1' } };

/** Lanes that compute: one after another, each with the workers of jest.config.mjs. */
const BUSY = [
  { name: 'postgres queue', pattern: `(?!${HEAVY}|${RADIUS}|${DEVICES}|${LAB}|${NEVER})` },
  { name: 'redis queue', pattern: `(?=${ON_BOTH_STORES})(?!${HEAVY})`, ...onRedis },
];

/** Lanes that measure: one after another, and so their specs. */
const MEASURING = [
  { name: 'lost stores, postgres queue', pattern: `(?=${TIMED})` },
  { name: 'lost stores, redis queue', pattern: `(?=${TIMED_ON_BOTH_STORES})`, ...onRedis },
];

/** Lanes that mostly wait: their specs run one after another, beside those of another lane. */
const WAITING = [
  { name: 'faults of the database', pattern: `(?=${NO_QUEUE})` },
  { name: 'faults, postgres queue', pattern: `(?=${HEAVY})(?!${NO_QUEUE}|${TIMED})` },
  { name: 'faults, redis queue', pattern: `(?=${HEAVY})(?!${NO_QUEUE}|${TIMED}|${ONE_QUEUE})`, ...onRedis },
  { name: 'freeradius', pattern: `(?=${RADIUS})`, needs: ['freeradius', 'radclient', 'radtest'] },
  // What needs a missing program (snmpd, sshd, nft, tc) says so in its name.
  { name: 'devices', pattern: `(?=${DEVICES})` },
  // Not every machine can have it; one that cannot says why in ISP_TEST_NO_LAB (`.ci/run` finds out).
  {
    name: 'lab',
    pattern: `(?=${LAB})`,
    needs: ['linux.uml', 'pppd', 'pppoe-server', 'freeradius'],
    notHere: process.env.ISP_TEST_NO_LAB,
  },
];

/** Every spec in every lane, the total, and what failed: a line each. */
export async function runLanes(root, args) {
  const results = [];
  const inBand = [...args, '--runInBand'];
  for (const lane of BUSY) results.push(await runLane(root, args, lane));
  for (const lane of MEASURING) results.push(await runLane(root, inBand, lane));
  const waiting = [...WAITING];
  const takeTurns = async () => {
    for (let lane = waiting.shift(); lane; lane = waiting.shift()) {
      results.push(await runLane(root, inBand, { ...lane, show: `${lane.name} | ` }));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, takeTurns));
  return results.reduce(sum);
}

async function runLane(root, args, { name, pattern, needs = [], env = {}, show = true, notHere }) {
  const from = performance.now();
  console.log(`\n── ${name} ──`);
  if (notHere) {
    // Neither a test that passed nor one that was skipped: this machine cannot run it.
    console.log(`── ${name}: not on this machine: ${notHere}`);
    return none;
  }
  const found = without(needs) ?? (await jest(root, [...args, ...only(root, pattern)], { env, show }));
  const result = { ...found, failures: found.failures.map((failure) => `${name}: ${failure}`) };
  const seconds = Math.round((performance.now() - from) / 1000);
  console.log(`── ${name}: ${result.passed} passed, ${result.failed} failed, ${seconds} s${slowestOf(found)}`);
  return result;
}

/** Where the time of a lane goes. */
function slowestOf({ seconds = [] }) {
  const slowest = seconds.toSorted((one, other) => other[1] - one[1]).slice(0, 5);
  return slowest.length > 1 ? `; ${slowest.map(([path, took]) => `${path} ${Math.round(took)} s`).join(', ')}` : '';
}

/** What a lane comes to that cannot run here; undefined when it can. */
function without(programs) {
  const missing = programs.filter((program) => !isOnPath(program));
  if (missing.length === 0) return undefined;
  const required = process.env.CI === 'true';
  console.log(
    `no ${missing.join(', no ')} on the PATH: this lane is ${required ? 'required in CI and FAILED' : 'skipped'}`,
  );
  return required ? failedAs(`no ${missing.join(', no ')} on the PATH`) : { ...none, skipped: 1 };
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

async function jest(root, args, { env, show }) {
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
      show,
    });
    return counted(root, file, code);
  } finally {
    process.removeListener('exit', clear);
    clear();
  }
}

function environment(additions) {
  const env = { ...process.env, ...additions };
  for (const name of REMOVED) delete env[name];
  return env;
}

/** A spec file that cannot run counts as one failed test; so does a Jest that fails without saying where. */
function counted(root, file, code) {
  if (!existsSync(file)) return failedAs('Jest left no results');
  const results = JSON.parse(readFileSync(file, 'utf8'));
  const failures = results.testResults.flatMap((suite) => failuresIn(relative(root, suite.name), suite));
  if (code !== 0 && failures.length === 0) return failedAs(`Jest ended with ${code} and named no failure`);
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    passed: results.numPassedTests,
    failed: Math.max(failed, failures.length),
    skipped: results.numPendingTests + results.numTodoTests,
    failures,
    seconds: results.testResults.map(({ name, startTime, endTime }) => [
      basename(name, '.spec.ts'),
      (endTime - startTime) / 1000,
    ]),
  };
}

function failuresIn(path, { status, message, assertionResults }) {
  const failures = assertionResults
    .filter((test) => test.status === 'failed')
    .map((test) => `${path}: ${test.fullName}: ${saidBy(test.failureMessages[0])}`);
  return status === 'failed' && failures.length === 0 ? [`${path}: ${saidBy(message)}`] : failures;
}

/** The message of a failure: without where it was thrown, and without the colours that Jest prints for a terminal. */
function saidBy(text = '') {
  const lines = stripVTControlCharacters(text).trim().split('\n');
  const thrown = lines.findIndex((line) => /^\s+at /.test(line));
  const message = (thrown < 0 ? lines : lines.slice(0, thrown)).filter((line) => line.trim() !== '');
  return message
    .slice(0, 14)
    .map((line) => line.slice(0, 300))
    .join('\n    ');
}

const failedAs = (failure) => ({ ...none, failed: 1, failures: [failure] });

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
