import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { PaidService } from '@isp/domain/billing';
import { ReactivateService, ServiceQueries, SuspendService, TerminateService } from '@isp/domain/services';
import { ThrottleForPayment } from '@isp/domain/usage';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { CaseView } from './case.view.js';

// Where another account pays by now, its case takes the hold over: the one of the former payer does not let go of it.
const HOLD = statement(
  'dunning-holds-add',
  `INSERT INTO dunning_holds (partner_id, case_id, service_id, kind, since) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (service_id, kind) WHERE ended_at IS NULL DO UPDATE SET case_id = excluded.case_id`,
);
const END = statement(
  'dunning-holds-end',
  `UPDATE dunning_holds SET ended_at = $3 WHERE case_id = $1 AND kind = $2 AND ended_at IS NULL AND service_id <> ALL ($4::integer[])
   RETURNING service_id AS id`,
);

type Kind = 'throttle' | 'suspend';
const lives = ({ status }: PaidService): boolean => status === 'active' || status === 'suspended';

/** Holds services of an account back, and lets them go again. Always in the order of their ids. */
@Injectable()
export class ServiceHolds {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceQueries,
    private readonly suspend: SuspendService,
    private readonly reactivate: ReactivateService,
    private readonly terminateService: TerminateService,
    private readonly rate: ThrottleForPayment,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers the services that are held back; one that does not work yet is, as soon as it does. */
  async throttle(
    it: CaseView,
    paid: readonly PaidService[],
    rate: { readonly downloadKbps: number; readonly uploadKbps: number },
  ): Promise<number[]> {
    const held = paid.filter((one) => lives(one) && one.serviceType === 'internet');
    for (const { id } of held) {
      await this.rate.hold(id, rate);
      await this.note(it, id, 'throttle');
    }
    return held.map(({ id }) => id);
  }

  async block(actor: Actor, it: CaseView, paid: readonly PaidService[]): Promise<number[]> {
    const held = paid.filter((one) => lives(one) && one.bundleId === null);
    for (const { id } of held) {
      const { suspendedFor } = await this.services.get(actor, id);
      const reason = `${it.overdueAmount} ${it.currency} overdue since ${it.overdueSince}`;
      if (!suspendedFor.includes('payment'))
        await this.suspend.execute({ actor, serviceId: id, cause: 'payment', reason });
      await this.note(it, id, 'suspend');
    }
    return held.map(({ id }) => id);
  }

  /** Ends what can be ended now; answers whether that was all. */
  async terminate(actor: Actor, paid: readonly PaidService[]): Promise<boolean> {
    const whole = paid.filter(({ bundleId }) => bundleId === null);
    for (const { id, status } of whole)
      if (status !== 'provisioning') await this.terminateService.execute({ actor, serviceId: id, reason: 'not paid' });
    return whole.every(({ status }) => status !== 'provisioning');
  }

  /** Answers the services that were let go, all but those to keep. Somebody may have lifted the cause by hand before. */
  async letGo(actor: Actor, it: CaseView, kind: Kind, reason: string, keep: readonly number[] = []): Promise<number[]> {
    const rows = await this.uow.tx.query<{ id: number }>(END, [it.id, kind, this.clock.now(), keep]);
    const ids = rows.map(({ id }) => id).sort((a, b) => a - b);
    for (const id of ids) {
      if (kind === 'throttle') {
        await this.rate.letGo(id);
        continue;
      }
      const { suspendedFor } = await this.services.get(actor, id);
      if (suspendedFor.includes('payment'))
        await this.reactivate.execute({ actor, serviceId: id, cause: 'payment', reason });
    }
    return ids;
  }

  private async note({ partnerId, id }: CaseView, serviceId: number, kind: Kind): Promise<void> {
    await this.uow.tx.execute(HOLD, [partnerId, id, serviceId, kind, this.clock.now()]);
  }
}
