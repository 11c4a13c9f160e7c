import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject, Injectable } from '@nestjs/common';
import { DomainError } from '@isp/kernel';
import { translateDatabaseError } from '@isp/platform/database';
import { Log } from '@isp/platform/logging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ERROR_RENDERERS, type ErrorRenderer } from './error-renderer.js';
import { httpErrors } from './errors.js';
import { RouteTable } from './route-table.js';

const BY_STATUS: Readonly<Record<number, keyof typeof httpErrors.table & Parameters<typeof httpErrors>[0]>> = {
  400: 'http.request.invalid',
  404: 'http.route.unknown',
  406: 'http.accept.unsupported',
  413: 'http.body.too_large',
  415: 'http.content_type.unsupported',
  503: 'http.overloaded',
};

/** The one place where failures become answers; the API under whose mount the path lies chooses the words. */
@Catch()
@Injectable()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    @Inject(ERROR_RENDERERS) private readonly renderers: readonly ErrorRenderer[],
    private readonly routes: RouteTable,
    private readonly log: Log,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    this.answer(
      thrown,
      host.switchToHttp().getRequest<FastifyRequest>(),
      host.switchToHttp().getResponse<FastifyReply>(),
    );
  }

  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (reply.sent) return;
    const error = this.asDomainError(thrown, request);
    if (error.kind === 'internal')
      this.log.error(error.cause instanceof Error ? error.cause : error, { path: request.routeOptions?.url });
    const renderer = this.rendererOf(request.url);
    const { status, body } = renderer.render(error, request.id);
    const headers: Record<string, string> = { ...error.headers };
    if (error.retryAfterSeconds !== undefined)
      headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfterSeconds)));
    if (status === 401) headers['www-authenticate'] ??= 'Bearer';
    if (error.kind === 'payload_too_large') headers.connection = 'close';
    void reply.status(status).headers(headers).type('application/json; charset=utf-8').send(JSON.stringify(body));
  }

  private rendererOf(url: string): ErrorRenderer {
    const path = url.split('?', 1)[0] ?? '';
    const match = this.renderers.find(({ mount }) => path === mount || path.startsWith(`${mount}/`));
    return match ?? (this.renderers[0] as ErrorRenderer);
  }

  private asDomainError(thrown: unknown, request: FastifyRequest): DomainError {
    const error = translateDatabaseError(thrown);
    if (error instanceof DomainError) return error;
    const status =
      error instanceof HttpException ? error.getStatus() : Number((error as { statusCode?: number }).statusCode ?? 500);
    if (status === 404) {
      const allowed = this.routes.methodsOf(request.url);
      if (allowed.length > 0)
        return httpErrors('http.method.not_allowed', {}, { headers: { allow: allowed.join(', ') } });
    }
    const code = BY_STATUS[status];
    if (code) return httpErrors(code);
    if (status > 400 && status < 500) return httpErrors('http.request.invalid');
    return httpErrors('http.internal', {}, { cause: error });
  }
}
