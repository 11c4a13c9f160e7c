import { createServer } from 'node:net';
import { ConfigError } from '@isp/platform/config';
import type { RunningProgram } from './program.js';

const LAST_RESORT_MS = 24_000;

/** Stops the program on SIGTERM or Ctrl-C (signals may come twice: from the terminal and from npm) and exits with 0. */
export function stopOnSignals(
  program: RunningProgram,
  afterwards: () => Promise<void> = async () => {},
  graceSeconds?: number,
): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), LAST_RESORT_MS).unref();
    program
      .stop(graceSeconds)
      .then(afterwards)
      .then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`while stopping: ${String(error)}\n`);
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Until the program runs, a signal ends the process once `cleanup` is done. Answers how to take that back. */
export function onEarlySignals(cleanup: () => Promise<void>): () => void {
  const end = (): void => void cleanup().finally(() => process.exit(130));
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  return () => {
    process.off('SIGTERM', end);
    process.off('SIGINT', end);
  };
}

/** Rejects as listening would, without keeping the port. */
export async function refuseBusyPort(port: number, host: string): Promise<void> {
  const probe = createServer();
  await new Promise<void>((done, refuse) => probe.once('error', refuse).listen(port, host, done));
  await new Promise((done) => probe.close(done));
}

/** Says in one line why the program cannot start. */
export function explain(error: unknown): string {
  const { code, message, port, address } = error as {
    code?: string;
    message?: string;
    port?: number;
    address?: string;
  };
  if (error instanceof ConfigError) return error.message;
  if (code === 'EADDRINUSE') return `port ${port} is in use; set PORT to another one`;
  if (code === 'EACCES') return `port ${port} may not be used; set PORT to another one`;
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND')
    return `the database does not answer at ${address ?? 'its address'}:${port ?? ''} (DATABASE_URL)`;
  if (code === '42501' || code === '28P01' || code === '3D000')
    return `the database refuses: ${message} (DATABASE_URL)`;
  return message ?? String(error);
}

/** Runs a process's main function; a failure is one clear line and exit code 1. */
export function runMain(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    process.stderr.write(`Cannot start: ${explain(error)}\n`);
    process.exit(1);
  });
}
