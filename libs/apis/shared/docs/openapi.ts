import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { DomainError, type ErrorKind } from '@isp/kernel';
import type { ErrorRenderer } from '../error-renderer.js';

export interface ApiDefinition {
  /** Names the document: `/docs/<name>.json`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly modules: readonly Type[];
  readonly renderer: ErrorRenderer;
}

type Operation = {
  operationId?: string;
  'x-access'?: string;
  'x-errors'?: readonly ErrorKind[];
  'x-request-example'?: unknown;
  security?: unknown[];
  parameters?: unknown[];
  requestBody?: {
    required?: boolean;
    content?: Record<string, { example?: unknown; schema?: { default?: unknown } }>;
  };
  responses: Record<string, unknown>;
};

const ALWAYS: readonly ErrorKind[] = ['validation', 'rate_limited', 'internal', 'unavailable'];
const MESSAGES: Partial<Record<ErrorKind, string>> = {
  validation: 'Invalid input data',
  unauthenticated: 'Missing or invalid authentication',
  forbidden: 'You may not do this.',
  not_found: 'Not found',
};

/** The OpenAPI 3 document of one API: its routes with security, examples, and its errors in its own words. */
export function buildOpenApi(app: INestApplication, api: ApiDefinition): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle(api.title)
    .setDescription(api.description)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'api_key')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    include: [...api.modules],
    deepScanRoutes: true,
    operationIdFactory: (_controller, method) => method,
  });
  for (const item of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (typeof operation === 'object' && !Array.isArray(operation)) complete(operation as Operation, method, api);
    }
  }
  return document;
}

function complete(operation: Operation, method: string, api: ApiDefinition): void {
  const open = operation['x-access'] === 'public';
  if (!open) operation.security = [{ bearer: [] }, { api_key: [] }];
  const example = operation['x-request-example'];
  const body = operation.requestBody?.content?.['application/json'];
  if (body && example !== undefined) body.example = example;
  if (operation.requestBody && body?.schema?.default !== undefined) operation.requestBody.required = false;
  const headers = headersOf(operation, method);
  if (headers.length > 0) operation.parameters = [...(operation.parameters ?? []), ...headers];
  describeErrors(operation, api);
  delete operation['x-errors'];
  delete operation['x-request-example'];
}

function headersOf(operation: Operation, method: string): readonly object[] {
  const repeatable = method !== 'get' && operation['x-access'] !== 'public';
  const versioned = operation['x-errors']?.includes('precondition_failed');
  return [...(versioned ? [IF_MATCH] : []), ...(repeatable ? [IDEMPOTENCY_KEY] : [])];
}

function describeErrors(operation: Operation, api: ApiDefinition): void {
  const open = operation['x-access'] === 'public';
  const kinds = new Set<ErrorKind>([
    ...(open ? [] : (['unauthenticated', 'forbidden'] as const)),
    ...ALWAYS,
    ...(operation['x-errors'] ?? []),
  ]);
  for (const kind of kinds) {
    const { status, body: rendered } = api.renderer.render(
      new DomainError(`example.${kind}.example`, kind, MESSAGES[kind] ?? kind),
      'b7c1a9d2',
    );
    operation.responses[String(status)] ??= {
      description: describe(kind),
      content: { 'application/json': { example: rendered } },
    };
  }
}

function describe(kind: ErrorKind): string {
  const text = kind.replaceAll('_', ' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The ETag of the version that is to be changed; when another change came first the answer is 412.',
  schema: { type: 'string', example: '"1"' },
};
const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Makes a repetition of this request answer what the first one answered.',
  schema: { type: 'string', maxLength: 255 },
};
