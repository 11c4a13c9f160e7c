import type { Log } from '@isp/platform/logging';
import type { Metrics } from '@isp/platform/metrics';
import type { FastifyInstance } from 'fastify';
import type { CallerRequest } from './caller.js';

/** Paths that probes and pages ask for all the time. */
const QUIET = /^\/(health|metrics|docs|admin)(\/|$)/;

/** One figure and one log line per request: the route's pattern, never the query, which may hold personal data. */
export function observeRequests(fastify: FastifyInstance, metrics: Metrics, log: Log): void {
  // To look one up by its labels takes longer than to count.
  const figures = new Map<string, ReturnType<Metrics['requests']['labels']>>();
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { method } = request;
    const status = reply.statusCode;
    const name = `${method} ${status} ${route}`;
    const figure = figures.get(name) ?? metrics.requests.labels({ method, route, status: String(status) });
    figures.set(name, figure);
    figure.observe(reply.elapsedTime / 1000);
    if (log.pino.isLevelEnabled('info') && !QUIET.test(route)) {
      const caller = (request as CallerRequest).caller?.actor.name ?? 'nobody';
      const fields = {
        request_id: request.id,
        method,
        route,
        status,
        ms: Math.round(reply.elapsedTime),
        caller,
      };
      log.pino.info(fields, 'request');
    }
    done();
  });
}
