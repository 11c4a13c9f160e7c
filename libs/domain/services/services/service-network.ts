import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { ChangeSubscriber, StaticAddresses } from '@isp/domain/network';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { ServiceView } from './service.view.js';
import { SoldProfile } from './sold-profile.js';

const ACTOR = systemActor('services');

const OPEN = statement(
  'suspensions-access',
  `SELECT CASE WHEN count(*) = 0 THEN 'open' WHEN bool_and(walled_garden) THEN 'walled_garden' ELSE 'closed' END AS access
     FROM service_suspensions WHERE service_id = $1 AND ended_at IS NULL`,
);

/** Tells the network, in the transaction of the commercial change, what it is to do for a service. */
@Injectable()
export class ServiceNetwork {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly sold: SoldProfile,
    private readonly subscriber: ChangeSubscriber,
    private readonly addresses: StaticAddresses,
  ) {}

  /** Access as the open causes of suspension want it; none for what is terminated. */
  async follow({ id, status }: ServiceView): Promise<void> {
    if (status === 'terminated') {
      await this.addresses.giveUp(ACTOR, id);
      await this.subscriber.execute({ serviceId: id, access: 'closed' });
    } else if (status === 'active' || status === 'suspended') {
      const row = await this.uow.tx.one<{ access: 'open' | 'walled_garden' | 'closed' }>(OPEN, [id]);
      await this.subscriber.execute({ serviceId: id, access: row?.access ?? 'open' });
    }
  }

  /** Rate as sold. @throws `network.profile.none_fits` */
  async rate(service: ServiceView): Promise<void> {
    const { id, serviceType, status, downloadMbps, uploadMbps } = service;
    const lives = status === 'active' || status === 'suspended';
    if (!lives || serviceType !== 'internet' || downloadMbps === null || uploadMbps === null) return;
    const profile = await this.sold.of(service);
    await this.subscriber.execute({ serviceId: id, profile });
  }
}
