import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { AccessRule } from '@isp/contracts';
import { defineErrors } from '@isp/kernel';
import type { FastifyReply } from 'fastify';
import { Answers } from './answers.js';
import type { Caller, CallerRequest } from './caller.js';
import { httpErrors } from './errors.js';
import { ACCESS_RULE, OPERATION, type OperationOptions } from './operation.js';
import {
  AUTHENTICATOR,
  type Authenticator,
  type LimitStanding,
  REQUEST_LIMITER,
  type RequestLimiter,
} from './ports.js';

export const accessGuardErrors = defineErrors({
  'http.unauthenticated': { kind: 'unauthenticated', message: 'Missing or invalid authentication' },
  'http.rate_limited': { kind: 'rate_limited', message: 'Too many requests; try again later.' },
});

/** Who is calling, may they, and how often: the same for all three APIs. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
    @Inject(REQUEST_LIMITER) private readonly limiter: RequestLimiter,
    private readonly answers: Answers,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.get<AccessRule | undefined>(ACCESS_RULE, context.getHandler());
    if (!rule) throw httpErrors('http.permission.missing');
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    request.answers = this.answers;
    const client = { address: request.ip, userAgent: undefined };
    const caller = rule === 'public' ? undefined : await this.identified(request, reply);
    const operation = this.reflector.get<OperationOptions | undefined>(OPERATION, context.getHandler());
    const standing = operation?.unlimited ? undefined : await this.limiter.admit(caller, client);
    if (standing) announce(reply, standing);
    if (caller) {
      if (rule !== 'authenticated' && rule !== 'public' && !caller.actor.permissions.has(rule)) {
        throw httpErrors('http.permission.missing');
      }
      request.caller = caller;
    }
    return true;
  }

  /** Refused credentials count too, by address and apart from everything else, so that guessing has an end. */
  private async identified(request: CallerRequest, reply: FastifyReply): Promise<Caller> {
    try {
      return await identify(this.authenticator, request.headers);
    } catch (error) {
      const standing = await this.limiter.admitRefused({ address: request.ip, userAgent: undefined });
      if (standing) announce(reply, standing);
      throw error;
    }
  }
}

/** Who a request's credential stands for; throws `unauthenticated` for every reason alike. */
export async function identify(authenticator: Authenticator, headers: CallerRequest['headers']): Promise<Caller> {
  const { authorization, 'x-api-key': apiKey } = headers;
  if (typeof apiKey === 'string' && authorization === undefined) return authenticator.authenticateApiKey(apiKey);
  const bearer = /^Bearer ([^\s]{1,8192})$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined && apiKey === undefined) return authenticator.authenticateBearer(bearer);
  throw accessGuardErrors('http.unauthenticated');
}

function announce(reply: FastifyReply, { allowed, retryAfterSeconds, headers }: LimitStanding): void {
  void reply.headers(headers);
  if (!allowed) throw accessGuardErrors('http.rate_limited', {}, { retryAfterSeconds: Math.max(1, retryAfterSeconds) });
}
