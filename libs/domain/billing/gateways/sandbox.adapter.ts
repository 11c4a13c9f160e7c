import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { type Clock, addSeconds } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import { deriveKey, parseKeyring } from '@isp/platform/crypto';
import { UnitOfWork, statement } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';
import { z } from 'zod';
import { billingErrors } from '../billing.errors.js';
import type {
  ChargeAnswer,
  ChargeOrder,
  GatewayNotice,
  MethodFacts,
  PaymentGateway,
  RefundAnswer,
  RefundOrder,
} from './payment-gateway.port.js';
import { behaviourOf, factsOf } from './sandbox-behaviour.js';
import { checkSignature, jsonOf, signatureOf } from './signed-body.js';

const ACTOR = systemActor('sandbox-gateway');
const CALLBACK_SECONDS = 1;

const BEFORE = statement(
  'sandbox-gateway-before',
  'SELECT count(*)::integer AS charges FROM sandbox_gateway.charges WHERE token = $1 AND key <> $2',
);
const CHARGE = statement(
  'sandbox-gateway-charge',
  `INSERT INTO sandbox_gateway.charges AS c (key, reference, token, amount, currency, state, later_state, settles_at, code)
   VALUES ($1::uuid, 'sbx_' || replace($1::uuid::text, '-', ''), $2, $3, $4, $5, $6, now() + make_interval(secs => $7), $8)
   ON CONFLICT (key) DO UPDATE SET times_asked = c.times_asked + 1 RETURNING c.times_asked AS asked`,
);
const STATE = `CASE WHEN settles_at <= now() THEN later_state ELSE state END`;
const FIND = statement(
  'sandbox-gateway-find',
  `SELECT reference, ${STATE} AS state, code FROM sandbox_gateway.charges WHERE key = $1`,
);
const LOOK = statement(
  'sandbox-gateway-look',
  `SELECT amount::text, currency, ${STATE} AS state FROM sandbox_gateway.charges WHERE reference = $1`,
);
const END = statement(
  'sandbox-gateway-end',
  `UPDATE sandbox_gateway.charges SET later_state = $2, settles_at = now(), code = $3 WHERE reference = $1 AND ${STATE} = 'requires_action'
   RETURNING key`,
);
const REFUND = statement(
  'sandbox-gateway-refund',
  `WITH taken AS (
     UPDATE sandbox_gateway.charges SET refunded_amount = refunded_amount + $3
      WHERE reference = $2 AND ${STATE} = 'succeeded' AND refunded_amount + $3 <= amount AND token NOT LIKE 'tok_norefund%'
        AND NOT EXISTS (SELECT FROM sandbox_gateway.refunds WHERE key = $1::uuid) RETURNING reference)
   INSERT INTO sandbox_gateway.refunds AS r (key, reference, charge_reference, amount, state)
   SELECT $1::uuid, 'sbr_' || replace($1::uuid::text, '-', ''), c.reference, $3, CASE WHEN t.reference IS NULL THEN 'failed' ELSE 'succeeded' END
     FROM sandbox_gateway.charges c LEFT JOIN taken t ON t.reference = c.reference WHERE c.reference = $2
   ON CONFLICT (key) DO UPDATE SET times_asked = r.times_asked + 1 RETURNING r.reference, r.state, r.times_asked AS asked`,
);
const FIND_REFUND = statement(
  'sandbox-gateway-find-refund',
  'SELECT reference, state FROM sandbox_gateway.refunds WHERE key = $1',
);
const TOKEN = statement('sandbox-gateway-token', 'SELECT token FROM sandbox_gateway.charges WHERE reference = $1');

interface Row {
  readonly reference: string;
  readonly state: 'processing' | 'requires_action' | 'succeeded' | 'failed';
  readonly code: string | null;
}

/** What a bank shows its customer of a step. Decimal text. */
export interface SandboxStep extends Pick<Row, 'state'> {
  readonly amount: string;
  readonly currency: string;
}
const callback = z.strictObject({ id: z.string(), type: z.string(), reference: z.string(), key: z.uuid() });

/**
 * The sandbox's gateway. It lives in tables of its own, written in transactions of its own as a real gateway's would be,
 * and its tokens say what it does: see `behaviourOf`. Only a sandbox has it.
 */
@Injectable()
export class SandboxGateway implements PaymentGateway {
  readonly name = 'sandbox';
  private readonly secret: string;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly work: WorkQueue,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const { keys, activeKeyId } = parseKeyring(config.ISP_MASTER_KEYS);
    this.secret = deriveKey(keys.get(activeKeyId) as Buffer, 'billing/sandbox-gateway').toString('hex');
  }

  async adopt(token: string): Promise<MethodFacts> {
    this.assertSandbox();
    const facts = factsOf(token);
    if (!facts) throw billingErrors('billing.method.unknown_token');
    return facts;
  }

  async charge(order: ChargeOrder): Promise<ChargeAnswer> {
    this.assertSandbox();
    const behaviour = await this.apart(async () => {
      const { tx } = this.uow;
      const before = await tx.one<{ charges: number }>(BEFORE, [order.token, order.key]);
      const found = behaviourOf(order.token, before?.charges ?? 0);
      if (!found) return undefined;
      const { state, laterState, afterSeconds, code, callbacks } = found;
      const values = [order.key, order.token, order.amount, order.currency, state, laterState, afterSeconds, code];
      const { asked = 1 } = (await tx.one<{ asked: number }>(CHARGE, values)) ?? {};
      if (asked === 1) this.announce(order.key, 'charge', callbacks, (afterSeconds ?? 0) + CALLBACK_SECONDS);
      return found;
    });
    if (!behaviour) return { state: 'failed', reference: null, code: 'incorrect_number' };
    if (behaviour.losesAnswer) throw billingErrors('billing.gateway.silent', { reason: 'no answer' });
    return (await this.find(order)) as ChargeAnswer;
  }

  find(order: Pick<ChargeOrder, 'key'>): Promise<ChargeAnswer | undefined> {
    this.assertSandbox();
    return this.apart(async () => {
      const row = await this.uow.tx.one<Row>(FIND, [order.key]);
      if (!row) return undefined;
      const { reference, state, code } = row;
      if (state === 'failed') return { state, reference, code: code ?? 'generic_decline' };
      if (state !== 'requires_action') return { state, reference };
      return {
        state,
        reference,
        actionUrl: `${(this.config.ISP_PUBLIC_URL ?? '').replace(/\/$/, '')}/v1/billing/sandbox-actions/${reference}`,
      };
    });
  }

  look(reference: string): Promise<SandboxStep | undefined> {
    this.assertSandbox();
    return this.apart(() => this.uow.tx.one<SandboxStep>(LOOK, [reference]));
  }

  /** What a payer does with the step that it was asked to take. Answers whether there was one to take. */
  act(reference: string, approves: boolean): Promise<boolean> {
    this.assertSandbox();
    return this.apart(async () => {
      const state = approves ? 'succeeded' : 'failed';
      const row = await this.uow.tx.one<{ key: string }>(END, [
        reference,
        state,
        approves ? null : 'authentication_failed',
      ]);
      // An event of its own: the one of the charge may have come before.
      if (row) this.announce(row.key, 'charge', 1, 0, 'act');
      return row !== undefined;
    });
  }

  async cancel(order: ChargeOrder): Promise<ChargeAnswer> {
    await this.apart(() => this.uow.tx.execute(END, [order.reference, 'failed', 'canceled']));
    return (await this.find(order)) as ChargeAnswer;
  }

  async refund(order: RefundOrder): Promise<RefundAnswer> {
    this.assertSandbox();
    const { row, token } = await this.apart(async () => {
      const values = [order.key, order.chargeReference, order.amount];
      const made = await this.uow.tx.one<Row & { asked: number }>(REFUND, values);
      if (made?.asked === 1) this.announce(order.key, 'refund', 1, CALLBACK_SECONDS);
      return { row: made, token: await this.uow.tx.one<{ token: string }>(TOKEN, [order.chargeReference]) };
    });
    // Of a token that loses answers, those of refunds are lost too.
    if (token?.token.startsWith('tok_timeout')) throw billingErrors('billing.gateway.silent', { reason: 'no answer' });
    return row ? refundAnswer(row) : { state: 'failed', reference: null, code: 'refused_request' };
  }

  findRefund(order: RefundOrder): Promise<RefundAnswer | undefined> {
    return this.apart(async () => {
      const row = await this.uow.tx.one<Row>(FIND_REFUND, [order.key]);
      return row && refundAnswer(row);
    });
  }

  verify(bytes: Buffer, signature: string): GatewayNotice {
    this.assertSandbox();
    checkSignature([this.secret], bytes, signature, this.clock.now());
    const parsed = callback.safeParse(jsonOf(bytes));
    if (!parsed.success) throw billingErrors('billing.gateway.unreadable');
    const { id: eventId, type, reference, key } = parsed.data;
    return { eventId, type, concerns: type.startsWith('refund') ? 'refund' : 'charge', reference, key };
  }

  /** A callback as it goes over the wire. `subject`: `charge:<key>` or `refund:<key>`. */
  callback(eventId: string, subject: string): { readonly bytes: Buffer; readonly signature: string } {
    const [what, key = ''] = subject.split(':');
    const prefix = what === 'refund' ? 'sbr_' : 'sbx_';
    const body = { id: eventId, type: `${what}.updated`, reference: prefix + key.replaceAll('-', ''), key };
    const bytes = Buffer.from(JSON.stringify(body));
    return { bytes, signature: signatureOf(this.secret, bytes, this.clock.now()) };
  }

  private announce(key: string, what: 'charge' | 'refund', times: number, afterSeconds: number, name = ''): void {
    for (let n = 1; n <= times; n += 1) {
      // The same event more than once, the first of them before anything has happened.
      const notBefore = addSeconds(this.clock.now(), n === 1 && times > 1 ? 0 : afterSeconds);
      const eventId = `evt_${key}_${name}${times > 1 && n > 1 ? 2 : n}`;
      const payload = { event_id: eventId, subject: `${what}:${key}` };
      this.work.enqueueOnCommit('billing.sandbox-callback', payload, {
        dedupeKey: `${eventId}-${n}-${what}`,
        notBefore,
      });
    }
  }

  private apart<T>(work: () => Promise<T>): Promise<T> {
    return this.uow.outside(() => this.uow.run(ACTOR, work));
  }

  private assertSandbox(): void {
    if (this.config.ISP_MODE !== 'sandbox') throw billingErrors('billing.gateway.not_set_up', { gateway: 'sandbox' });
  }
}

const refundAnswer = ({ reference, state }: Pick<Row, 'reference' | 'state'>): RefundAnswer =>
  state === 'failed' ? { state, reference, code: 'refused' } : { state: 'succeeded', reference };
