import { Injectable } from '@nestjs/common';
import { DomainError } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import { Idempotency, type IdempotentRequest, parseIdempotencyKey } from '@isp/platform/idempotency';
import { Answer } from './answer.js';
import type { CallerRequest, Exchange, GivesAnswers } from './caller.js';
import type { OperationOptions } from './operation-options.js';

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

interface Outcome {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * Unwraps a handler's answer, and makes writes with an `Idempotency-Key` happen once: handler and kept answer share
 * one transaction.
 */
@Injectable()
export class Answers implements GivesAnswers {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly idempotency: Idempotency,
  ) {}

  async give({ request, reply }: Exchange, operation: OperationOptions, run: () => unknown): Promise<unknown> {
    const keyed = keyedRequest(request);
    const outcome = keyed
      ? await this.once(keyed, operation, async () => unwrap(await run(), operation))
      : unwrap(await run(), operation);
    failPoint('http.before-answer');
    if (operation.secret) void reply.header('cache-control', 'no-store');
    void reply.status(outcome.status).headers(outcome.headers);
    return outcome.body;
  }

  private async once(
    keyed: IdempotentRequest,
    operation: OperationOptions,
    run: () => Promise<Outcome>,
  ): Promise<Outcome> {
    const kept = await this.uow.run(keyed.actor, async (tx) => {
      const known = await this.idempotency.recall(keyed);
      if (known) return replay(known);
      const mayBeRefused = operation.errors?.includes('payment_refused') ?? false;
      try {
        const outcome = await (mayBeRefused ? tx.savepoint(run) : run());
        this.keep(keyed, outcome, operation);
        return outcome;
      } catch (error) {
        if (!mayBeRefused || !(error instanceof DomainError) || error.kind !== 'payment_refused') throw error;
        // A final business refusal is an answer too, though nothing else of the request stays.
        this.idempotency.keep(
          keyed,
          { status: 402, headers: {}, body: JSON.stringify({ code: error.code, message: error.message }) },
          { hours: 720 },
        );
        return error;
      }
    });
    if (kept instanceof DomainError) throw kept;
    return kept;
  }

  private keep(keyed: IdempotentRequest, outcome: Outcome, operation: OperationOptions): void {
    const body = outcome.body === undefined ? null : JSON.stringify(outcome.body);
    this.idempotency.keep(
      keyed,
      { status: outcome.status, headers: outcome.headers, body },
      { hours: operation.keepAnswerHours, secret: operation.secret },
    );
  }
}

function keyedRequest({ headers, caller, method, url: path, body }: CallerRequest): IdempotentRequest | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined || !caller || !WRITES.has(method)) return undefined;
  return { actor: caller.actor, key: parseIdempotencyKey(header), method, path, body };
}

function unwrap(result: unknown, operation: OperationOptions): Outcome {
  const status = operation.status ?? 200;
  if (result instanceof Answer)
    return { status: result.status ?? status, headers: result.headers, body: result.body as unknown };
  return { status, headers: {}, body: result };
}
function replay(kept: {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string | null;
}): Outcome | DomainError {
  const body = kept.body === null ? undefined : (JSON.parse(kept.body) as unknown);
  if (kept.status === 402) {
    const refusal = body as { code: string; message: string };
    return new DomainError(refusal.code, 'payment_refused', refusal.message, {
      headers: { 'idempotent-replayed': 'true' },
    });
  }
  return { status: kept.status, headers: { ...kept.headers, 'idempotent-replayed': 'true' }, body };
}
