import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { withRequestId } from '@isp/platform/logging';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { httpErrors } from './errors.js';
import type { RouteTable } from './route-table.js';
import { JSON_LIMITS, parseStrictJson } from './strict-json.js';

const MAX_HEADER_BYTES = 16_384;
export const BODY_LIMIT_BYTES = 100 * 1024;
const FILE_PART_LIMIT_BYTES = 5 * 1024 * 1024;
const FILE_PARTS =
  /^\/v1\/([a-z-]+-imports\/:import_id\/parts\/:part|billing\/bank-statements|tickets\/:ticket_id\/attachments)$/;
/** A signature is over the bytes as they came. */
const SIGNED = '/v1/payments/gateways/:gateway/webhook';
/** Amounts come as numbers, so what is read must be what was written. */
const BODY_JSON = { ...JSON_LIMITS, exponents: 'refused' } as const;
const JSON_TYPES = /(application\/(\*|json)|\*\/\*)/i;
/** Where a success is not JSON but a stream of events, a file or a picture; refusals are JSON there too. */
const OTHER_TYPES = [
  [/^\/v1\/provisioning\/jobs\/[^/]+\/events(\?|$)/, /(text\/(\*|event-stream)|application\/(\*|json)|\*\/\*)/i],
  [/^\/v1\/tickets\/[^/]+\/attachments\/[^/]+(\?|$)/, /application\/|\*\/\*/i],
  [/\.svg(\?|$)/, /(image\/(\*|svg\+xml)|application\/(\*|json)|\*\/\*)/i],
] as const;
const REQUEST_ID = /^[\w.-]{8,64}$/;

export interface HttpServerOptions {
  readonly trustedProxies: readonly string[];
}

/** The Fastify adapter with the limits that all APIs share. */
export function createHttpAdapter(options: HttpServerOptions): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    http: { headersTimeout: 10_000, maxHeaderSize: MAX_HEADER_BYTES, connectionsCheckingInterval: 2_000 },
    forceCloseConnections: 'idle',
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    // As long as a request may be at all: the router's own refusal speaks no API's words.
    routerOptions: { maxParamLength: MAX_HEADER_BYTES, ignoreTrailingSlash: false, caseSensitive: true },
    exposeHeadRoutes: false,
    return503OnClosing: false,
    logger: false,
  } as never);
}

/** Hooks and parsers that apply before any route. */
export function prepareHttpServer(fastify: FastifyInstance, routes: RouteTable, isDraining: () => boolean): void {
  fastify.addHook('onRoute', (route) =>
    routes.add(route.url, Array.isArray(route.method) ? route.method : [route.method]),
  );
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    if (isDraining()) void reply.header('connection', 'close');
    const refusal = refusalOf(request);
    if (refusal) done(refusal);
    else withRequestId(request.id, done);
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      if (request.routeOptions.url === SIGNED) done(null, body.toString('latin1'));
      else done(null, body.length === 0 ? undefined : parseStrictJson(body as Buffer, BODY_JSON));
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, parseForm);
  fastify.addContentTypeParser(
    'application/octet-stream',
    { parseAs: 'buffer', bodyLimit: FILE_PART_LIMIT_BYTES },
    parseFilePart,
  );
}

/** Files are for imports and attachments alone. Their bytes travel on as characters, so that a body is a plain value. */
function parseFilePart(
  request: FastifyRequest,
  body: string | Buffer,
  done: (error: Error | null, value?: unknown) => void,
): void {
  if (!FILE_PARTS.test(request.routeOptions.url ?? '')) return done(httpErrors('http.content_type.unsupported'));
  done(null, body.toString('latin1'));
}

/** Forms are for the OAuth token endpoint alone (RFC 6749 section 4.4.2). */
function parseForm(
  request: FastifyRequest,
  body: string | Buffer,
  done: (error: Error | null, value?: unknown) => void,
): void {
  if (request.routeOptions.url !== '/v1/oauth/token') return done(httpErrors('http.content_type.unsupported'));
  const pairs = [...new URLSearchParams(String(body))];
  if (new Set(pairs.map(([name]) => name)).size !== pairs.length) return done(httpErrors('http.request.invalid'));
  done(null, Object.fromEntries(pairs));
}

function refusalOf(request: FastifyRequest): Error | undefined {
  const { 'content-encoding': encoding, 'content-type': type = '', accept } = request.headers;
  if (encoding !== undefined && encoding !== 'identity') return httpErrors('http.content_type.unsupported');
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type)?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) return httpErrors('http.content_type.unsupported');
  const api = /^\/(v1|wholesale|operations)(\/|$)/.test(request.url);
  const types = OTHER_TYPES.find(([path]) => path.test(request.url))?.[1] ?? JSON_TYPES;
  if (api && accept !== undefined && !types.test(accept)) return httpErrors('http.accept.unsupported');
  return api ? unreadableQuery(request.url) : undefined;
}

/** Fastify reads escapes that are no UTF-8, or no escapes, as something else: what was asked for is then not known. */
function unreadableQuery(url: string): Error | undefined {
  const [, query = ''] = /\?([^]*)/.exec(url) ?? [];
  if (unescaped(query) !== undefined) return undefined;
  const details = query
    .split('&')
    .filter((pair) => unescaped(pair) === undefined)
    .map((pair) => unescaped(pair.split('=', 1)[0] ?? '') ?? 'query')
    .map((field) => ({ field, message: 'must be percent-encoded UTF-8' }));
  return httpErrors('http.request.invalid', {}, { details });
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export type { FastifyReply };
