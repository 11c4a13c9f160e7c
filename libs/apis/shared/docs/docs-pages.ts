import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { PAGE_HEADERS } from '../page-headers.js';
import { type ApiDefinition, buildOpenApi } from './openapi.js';

const require = createRequire(import.meta.url);
const swaggerUi = dirname(require.resolve('swagger-ui-dist/package.json'));
const redoc = join(dirname(require.resolve('redoc/package.json')), 'bundles');

/** Serves `/docs`: an index, and for each API its document, a Swagger UI page and a reference page. Built when asked for. */
export async function serveDocs(
  app: INestApplication,
  fastify: FastifyInstance,
  apis: readonly ApiDefinition[],
): Promise<void> {
  // Loaded with the pages: programs without pages need none of it.
  const { default: fastifyStatic } = await import('@fastify/static');
  await fastify.register(fastifyStatic, {
    root: [swaggerUi, redoc],
    prefix: '/docs/assets/',
    decorateReply: false,
    index: false,
    maxAge: '1d',
  });
  fastify.get('/docs', (_request, reply) => html(reply, indexPage(apis)));
  for (const api of apis) {
    let text: string | undefined;
    const document = (): string => (text ??= JSON.stringify(buildOpenApi(app, api)));
    fastify.get(`/docs/${api.name}.json`, (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(document()),
    );
    fastify.get(`/docs/${api.name}`, (_request, reply) => html(reply, swaggerPage(api)));
    fastify.get(`/docs/${api.name}/reference`, (_request, reply) => html(reply, referencePage(api)));
  }
}

function html(reply: FastifyReply, body: string): FastifyReply {
  return reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(body);
}

function page(title: string, head: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>${head}</head><body>${body}</body></html>`;
}

function indexPage(apis: readonly ApiDefinition[]): string {
  const style =
    '<style>body{font:16px/1.5 system-ui;max-width:46rem;margin:3rem auto;padding:0 1rem}li{margin:1rem 0}a{margin-right:1rem}</style>';
  const rows = apis.map(
    ({ name, title, description }) =>
      `<li><strong>${title}</strong><br>${description}<br><a href="/docs/${name}">Try it out</a><a href="/docs/${name}/reference">Reference</a><a href="/docs/${name}.json">OpenAPI</a></li>`,
  );
  return page('API documentation', style, `<h1>API documentation</h1><ul>${rows.join('')}</ul>`);
}

function swaggerPage({ name, title }: ApiDefinition): string {
  const head =
    '<link rel="stylesheet" href="/docs/assets/swagger-ui.css"><link rel="icon" href="/docs/assets/favicon-32x32.png">';
  const options = `{url:'/docs/${name}.json',dom_id:'#ui',deepLinking:true,persistAuthorization:true,tryItOutEnabled:true}`;
  return page(
    title,
    head,
    `<div id="ui"></div><script src="/docs/assets/swagger-ui-bundle.js"></script><script>SwaggerUIBundle(${options})</script>`,
  );
}

function referencePage({ name, title }: ApiDefinition): string {
  const options =
    '{disableSearch:false,hideDownloadButton:false,theme:{typography:{fontFamily:"system-ui",headings:{fontFamily:"system-ui"}}}}';
  const script = `Redoc.init('/docs/${name}.json',${options},document.getElementById('ui'))`;
  return page(
    title,
    '<style>body{margin:0}</style>',
    `<div id="ui"></div><script src="/docs/assets/redoc.standalone.js"></script><script>${script}</script>`,
  );
}
