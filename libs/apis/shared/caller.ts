import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OperationOptions } from './operation-options.js';

/** How the caller proved who it is, for rate limits and logs; never the secret itself. */
export interface Credential {
  readonly kind: 'jwt' | 'api_key';
  /** Public id of an API key. */
  readonly publicId?: string;
  readonly sessionId?: string;
  readonly tier: 'free' | 'professional' | 'enterprise';
}

export interface Caller {
  readonly actor: Actor;
  readonly credential: Credential;
}

/** A request after the access guard. */
export interface CallerRequest extends FastifyRequest {
  caller?: Caller;
  /** Lent by the guard to the decorator of the handler. */
  answers: GivesAnswers;
}

/** A request and the reply to it, as a handler's decorator meets them. */
export interface Exchange {
  readonly request: CallerRequest;
  readonly reply: FastifyReply;
}

export interface GivesAnswers {
  /** Runs a handler; what it answers goes to the reply, its body is answered here. */
  give(exchange: Exchange, operation: OperationOptions, run: () => unknown): Promise<unknown>;
}

/** The actor of the request, from its credential. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor | undefined => {
  return context.switchToHttp().getRequest<CallerRequest>().caller?.actor;
});

/** Actor and credential of the request. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller | undefined => {
  return context.switchToHttp().getRequest<CallerRequest>().caller;
});

/** Where the request came from, for lock-outs and the session list. */
export interface ClientInfo {
  readonly address: string;
  readonly userAgent: string | undefined;
}

export const Client = createParamDecorator((_: unknown, context: ExecutionContext): ClientInfo => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { address: request.ip, userAgent: request.headers['user-agent']?.slice(0, 255) };
});
