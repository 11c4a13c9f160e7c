/** Child processes in groups of their own, so that ending one ends all that it started. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const running = new Set();
let ending = false;
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
const KEPT_OUTPUT = 100_000;

/**
 * Runs a program to its end: `{ code, output }`. With `show` the child writes to our terminal and output is empty; with
 * `show: 'name | '` each of its lines goes there behind that name.
 */
export function run(file, args, { cwd, env = process.env, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = show === true ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'];
    const child = spawn(file, args, { cwd, env, stdio, detached: true });
    running.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      if (show) {
        if (stream) createInterface({ input: stream }).on('line', (line) => console.log(`${show}${line}`));
      } else stream.on('data', (chunk) => (output = (output + chunk).slice(-KEPT_OUTPUT)));
    }
    child.once('error', (error) => {
      running.delete(child);
      reject(error);
    });
    child.once('close', (code) => {
      running.delete(child);
      // Whoever waits for it would only report what we did ourselves.
      if (!ending) resolve({ code: code ?? 1, output });
    });
  });
}

/**
 * Until the returned function is called, an interrupt ends all children with everything they started, then us.
 * `last` runs before we go.
 */
export function endChildrenOnSignals(last = async () => undefined) {
  const handlers = Object.entries(SIGNALS).map(([signal, code]) => {
    const handler = async () => {
      // A Ctrl-C under npm arrives twice: from the terminal and from npm.
      if (ending) return;
      ending = true;
      await endChildren();
      await last();
      process.exit(code);
    };
    process.on(signal, handler);
    return [signal, handler];
  });
  return () => handlers.forEach(([signal, handler]) => process.removeListener(signal, handler));
}

async function endChildren() {
  const groups = [...running].map((child) => child.pid).filter((pid) => pid !== undefined);
  groups.forEach((pid) => signalGroup(pid, 'SIGTERM'));
  for (let wait = 0; wait < 60 && groups.some((pid) => signalGroup(pid, 0)); wait += 1) {
    await sleep(50);
  }
  groups.forEach((pid) => signalGroup(pid, 'SIGKILL'));
}

function signalGroup(pid, signal) {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/**
 * Sends ourselves SIGTERM when the process that started us is gone: npm passes a SIGTERM to its shell only, and not
 * every shell passes it on.
 */
export function endWithParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  timer.unref();
}

/** Our parent and, where the system tells, its own: a killed npm leaves the shell between us waiting. */
function ancestors() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`;
  } catch {
    return String(process.ppid);
  }
}
