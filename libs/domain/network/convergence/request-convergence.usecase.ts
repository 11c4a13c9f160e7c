import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';
import { networkErrors } from '../network.errors.js';

const DUE = statement(
  'subscribers-converge-now',
  `UPDATE subscribers SET convergence = CASE convergence WHEN 'confirmed' THEN 'pending' ELSE convergence END, updated_at = now()
    WHERE service_id = $1 AND address IS NOT NULL RETURNING partner_id AS "partnerId"`,
);
const READ_BACK = statement(
  'subscribers-read-back-all',
  'UPDATE subscribers SET read_back_at = now() WHERE address IS NOT NULL AND read_back_at > now()',
);
const SERVICE = statement('subscribers-converge-service', 'SELECT 1 FROM services WHERE id = $1');

/** What people ask of convergence: one service now, or the whole network. */
@Injectable()
export class RequestConvergence {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly work: WorkQueue,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Applies and confirms one service again, at once, however long its next try would have waited.
   * @throws `network.service.not_found`, `network.subscriber.none`
   */
  async ofService(actor: Actor, serviceId: number): Promise<void> {
    await this.uow.run(actor, async (tx) => {
      const due = await tx.one<{ partnerId: number }>(DUE, [serviceId]);
      if (!due)
        throw networkErrors(
          (await tx.one(SERVICE, [serviceId])) ? 'network.subscriber.none' : 'network.service.not_found',
        );
      const dedupeKey = String(serviceId);
      if (!(await this.work.enqueue('network.converge', { service_id: serviceId }, { dedupeKey })))
        await this.work.reschedule('network.converge', dedupeKey, this.clock.now());
      const subject = { type: 'service', id: serviceId };
      this.audit.record({ actor, partnerId: due.partnerId, action: 'service.converge', subject, changes: {} });
    });
  }

  /**
   * Compares the whole network in the background, and repairs what differs; on request with what every router does, each
   * of which is then asked for each of its services.
   */
  async ofNetwork(actor: Actor, { routers = false }: { readonly routers?: boolean | undefined } = {}): Promise<void> {
    await this.uow.run(actor, async (tx) => {
      if (routers) await tx.execute(READ_BACK);
      this.work.enqueueOnCommit('network.reconcile', { partner_id: OPERATOR_PARTNER_ID }, { dedupeKey: 'asked' });
      const subject = { type: 'network', id: OPERATOR_PARTNER_ID };
      this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: 'network.reconcile', subject, changes: {} });
    });
  }
}
