import { resolve } from 'node:path';
import { environment, loadConfig } from '@isp/platform/config';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { settingsOfSandbox } from '../standalone/sandbox-file.js';
import { createProgram } from '../wiring/program.js';

/** Runs `work` in the program without its HTTP server. */
export async function inProgram(work: (app: NestFastifyApplication) => Promise<string>): Promise<string> {
  const app = await createProgram(loadConfig(await settings()), { api: true, worker: false });
  await app.init();
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

/** Where no database is named it is the one of the sandbox that `npm start` runs from this directory. */
async function settings(): Promise<Readonly<Record<string, string | undefined>>> {
  const given = environment();
  if (given['DATABASE_URL'] || given['ISP_MODE'] === 'live') return given;
  const sandbox = await settingsOfSandbox(resolve(given['ISP_DATA_DIR'] ?? '.data'));
  return sandbox ? { ...sandbox, ...given, DATABASE_URL: sandbox['DATABASE_URL'] } : given;
}
