import { DomainError } from '@isp/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { accessGuardErrors } from '../access.guard.js';
import type { ErrorFilter } from '../error.filter.js';
import { httpErrors } from '../errors.js';
import { PAGE_HEADERS } from '../page-headers.js';
import type { Authenticator } from '../ports.js';

const BASE = '/admin/queues';

export interface QueueBoardParts {
  /** BullMQ queues. */
  readonly queues: readonly unknown[];
  readonly authenticator: Authenticator;
  readonly errors: ErrorFilter;
}

/**
 * The queues for people, under `/admin/queues`. A browser asks for a name and a password: any name, and as password an
 * API key that holds `queue.manage`. Programs may send the key or a token as they do to the APIs.
 */
export async function serveQueueBoard(
  fastify: FastifyInstance,
  { queues, authenticator, errors }: QueueBoardParts,
): Promise<void> {
  await fastify.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      void reply.headers(PAGE_HEADERS);
      try {
        await admit(request, authenticator);
      } catch (error) {
        // Answered here: the board's own error handler knows nothing of our errors.
        errors.answer(askForPassword(error), request, reply);
        return reply;
      }
      return undefined;
    });
    // Loaded by who serves it: workers do not.
    const { createBoardPlugin } = await import('./bull-board.js');
    await scope.register(createBoardPlugin(queues, BASE), { prefix: BASE });
  });
}

/** Browsers show their log-in dialogue for this one. */
function askForPassword(error: unknown): unknown {
  if (!(error instanceof DomainError) || error.kind !== 'unauthenticated') return error;
  const headers = { 'www-authenticate': 'Basic realm="queues", charset="UTF-8"' };
  return accessGuardErrors('http.unauthenticated', {}, { headers });
}

async function admit({ method, headers }: FastifyRequest, authenticator: Authenticator): Promise<void> {
  // A browser sends the password that it remembers with a request that another site makes it send.
  if (method !== 'GET' && headers['sec-fetch-site'] === 'cross-site') throw httpErrors('http.permission.missing');
  const { authorization = '', 'x-api-key': apiKey } = headers;
  const [scheme = '', value = ''] = authorization.split(' ', 2);
  const basic = scheme.toLowerCase() === 'basic';
  const typed = basic ? Buffer.from(value, 'base64').toString('utf8').split(':').slice(1).join(':') : value;
  const key = typed === '' && typeof apiKey === 'string' ? apiKey : typed;
  if (key === '') throw accessGuardErrors('http.unauthenticated');
  const caller = await authenticator.authenticateBearer(key);
  if (!caller.actor.permissions.has('queue.manage')) throw httpErrors('http.permission.missing');
}
