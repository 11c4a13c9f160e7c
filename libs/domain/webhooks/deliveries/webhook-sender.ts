import { Inject, Injectable } from '@nestjs/common';
import { type Clock, DomainError, monotonicMs } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import { type EgressPolicy, sendGuarded } from '@isp/platform/http';
import { Log } from '@isp/platform/logging';
import { destinationPolicy } from '../endpoints/destination.policy.js';
import { EndpointSecrets } from '../endpoints/endpoint-secrets.js';
import type { AttemptResult, ClaimedDelivery } from './attempt.js';
import { publicEventId } from './delivery.view.js';
import { parseRetryAfter } from './retry-schedule.js';
import { signatureHeaders } from './signature.js';

const CONNECT_TIMEOUT_MS = 5_000;
const TOTAL_TIMEOUT_MS = 15_000;
const MAX_REPLY_BYTES = 16_384;
/** Characters of the reply that are kept. */
const EXCERPT_LENGTH = 2_048;
/** The answers whose `Retry-After` means something (RFC 6585, RFC 9110). */
const ASKS_FOR_PATIENCE = new Set([429, 503]);

/** Signs one delivery and puts it on the wire. */
@Injectable()
export class WebhookSender {
  private readonly policy: EgressPolicy;

  constructor(
    private readonly secrets: EndpointSecrets,
    private readonly log: Log,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) config: Config,
  ) {
    this.policy = destinationPolicy(config);
  }

  /** Never rejects: whatever goes wrong is the result. */
  async send(delivery: ClaimedDelivery, signal: AbortSignal): Promise<AttemptResult> {
    const at = this.clock.now();
    const start = monotonicMs();
    const nothing = { at, status: null, error: null, responseExcerpt: null, retryAfterSeconds: undefined };
    try {
      const reply = await sendGuarded({
        url: delivery.url,
        method: 'POST',
        headers: this.headers(delivery, at),
        body: delivery.payload,
        policy: this.policy,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        totalTimeoutMs: TOTAL_TIMEOUT_MS,
        maxReplyBytes: MAX_REPLY_BYTES,
        signal,
      });
      const retryAfter = ASKS_FOR_PATIENCE.has(reply.status)
        ? parseRetryAfter(reply.headers['retry-after'], at)
        : undefined;
      return {
        ...nothing,
        durationMs: reply.durationMs,
        status: reply.status,
        responseExcerpt: reply.bodyExcerpt.slice(0, EXCERPT_LENGTH),
        retryAfterSeconds: retryAfter,
      };
    } catch (error) {
      return {
        ...nothing,
        durationMs: Math.round(monotonicMs() - start),
        error: this.explain(delivery, error as Error),
      };
    }
  }

  private headers(delivery: ClaimedDelivery, at: Date): Record<string, string> {
    const id = publicEventId(delivery.eventId);
    const secrets = this.secrets.open(delivery.secrets, at);
    return {
      'Content-Type': 'application/json',
      'User-Agent': 'isp-framework-webhooks/1',
      'X-ISP-Event': delivery.type,
      'X-Request-Id': delivery.requestId ?? id,
      ...signatureHeaders({ id, body: delivery.payload, secrets, at }),
    };
  }

  /** Receivers' owners read this: nothing of the inside. */
  private explain(delivery: ClaimedDelivery, error: Error): string {
    if (error instanceof DomainError && error.code.startsWith('egress.')) return error.message;
    this.log.error(error, { delivery_id: delivery.id });
    return 'The delivery could not be prepared.';
  }
}
