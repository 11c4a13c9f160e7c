import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyPluginCallback } from 'fastify';

/** The bull-board plugin over the given BullMQ queues. */
export function createBoardPlugin(queues: readonly unknown[], basePath: string): FastifyPluginCallback {
  const adapter = new FastifyAdapter();
  adapter.setBasePath(basePath);
  createBullBoard({ queues: queues.map((queue) => new BullMQAdapter(queue as never)), serverAdapter: adapter });
  // The board's own handler would show what went wrong inside.
  adapter.setErrorHandler((error) => {
    const status = Number((error as { statusCode?: number }).statusCode ?? 500);
    return status < 500 ? { status: 400, body: { error: 'Bad request' } } : { status: 500, body: { error: 'Failed' } };
  });
  return adapter.registerPlugin();
}
