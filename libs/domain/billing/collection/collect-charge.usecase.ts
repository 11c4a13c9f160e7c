import { Injectable } from '@nestjs/common';
import { DomainError } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import type { WorkRun } from '@isp/platform/work';
import { Gateways } from '../gateways/gateways.js';
import type { ChargeAnswer } from '../gateways/payment-gateway.port.js';
import { ChargeBook, type ChargeRow, orderOf } from './charge-book.js';
import type { ChargeView } from './charge.view.js';
import { COLLECTOR } from './collector.js';

/** For one call of the gateway. */
const PATIENCE_MS = 15_000;
/** So long a request that was lost is sent again, under its one key; gateways remember keys for a day. */
const ASK_AGAIN_SECONDS = 3_600;
/** A request that arrived nowhere for so long never will. */
const LOST_SECONDS = 1_800;
/** So long its holder has for the step that the gateway asks for. */
const HOLDER_SECONDS = 86_400;

/**
 * Takes one charge to its outcome: asks the gateway, and where it does not answer, or the process dies, finds out what
 * became of the one key that it is asked by.
 */
@Injectable()
export class CollectCharge {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly book: ChargeBook,
    private readonly gateways: Gateways,
  ) {}

  async execute(chargeId: number, run: WorkRun): Promise<void> {
    const charge = await this.uow.run(COLLECTOR, async () => {
      const found = await this.book.get(chargeId);
      if (!found || isFinal(found)) return void (await run.complete());
      if (found.firstAskedAt === null) await this.book.asking(chargeId);
      return found;
    });
    if (!charge) return;
    const answer = await this.answer(charge, AbortSignal.any([run.signal, AbortSignal.timeout(PATIENCE_MS)]));
    failPoint('billing.after-gateway');
    await this.uow.run(COLLECTOR, async () => {
      await run.fence();
      const recorded = await this.book.record(chargeId, answer);
      if (isFinal(recorded)) await run.complete();
      else await run.postpone(patienceAfter(charge.askedSeconds));
    });
  }

  /** Asks what became of a charge, without asking for it. Undefined: nothing is known. */
  async look(chargeId: number, signal: AbortSignal): Promise<void> {
    const charge = await this.uow.run(COLLECTOR, () => this.book.get(chargeId));
    if (!charge || charge.status === 'succeeded') return;
    const answer = await this.gateways.get(charge.gateway).find(orderOf(charge), signal);
    if (answer) await this.uow.run(COLLECTOR, () => this.book.record(chargeId, answer));
  }

  private async answer(charge: ChargeRow, signal: AbortSignal): Promise<ChargeAnswer | 'silent'> {
    try {
      return charge.firstAskedAt === null ? await this.ask(charge, signal) : await this.lookFirst(charge, signal);
    } catch (error) {
      // A gateway that does not answer is a state of the charge; anything else is a failure of the work.
      if (error instanceof DomainError && error.code.startsWith('billing.gateway.')) return 'silent';
      throw error;
    }
  }

  private ask(charge: ChargeRow, signal: AbortSignal): Promise<ChargeAnswer> {
    failPoint('billing.before-gateway');
    return this.gateways.get(charge.gateway).charge(orderOf(charge), signal);
  }

  private async lookFirst(charge: ChargeRow, signal: AbortSignal): Promise<ChargeAnswer | 'silent'> {
    const gateway = this.gateways.get(charge.gateway);
    const found = await gateway.find(orderOf(charge), signal);
    if (found?.state === 'requires_action' && charge.askedSeconds > HOLDER_SECONDS) {
      const ended = await gateway.cancel({ ...orderOf(charge), reference: found.reference }, signal);
      return ended.state === 'failed' ? { ...ended, code: 'expired' } : ended;
    }
    if (found) return found;
    if (charge.askedSeconds < ASK_AGAIN_SECONDS) {
      await this.uow.run(COLLECTOR, () => this.book.asking(charge.id));
      return this.ask(charge, signal);
    }
    if (charge.silentSeconds < LOST_SECONDS) return 'silent';
    return { state: 'failed', reference: null, code: 'not_received' };
  }
}

const isFinal = ({ status }: ChargeView): boolean => status === 'succeeded' || status === 'failed';

/** Seconds until the gateway is asked again: as long as has passed already, from 2 seconds to 10 minutes. */
export const patienceAfter = (passedSeconds: number): number => Math.min(600, Math.max(2, passedSeconds));
