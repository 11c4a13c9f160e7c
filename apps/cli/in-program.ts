import { loadConfig } from '@isp/platform/config';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createProgram } from '../wiring/program.js';

/** Runs `work` in the program without its HTTP server. */
export async function inProgram(work: (app: NestFastifyApplication) => Promise<string>): Promise<string> {
  const app = await createProgram(loadConfig(), { api: true, worker: false });
  await app.init();
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}
