import { Injectable } from '@nestjs/common';
import { ChangeSubscriber, RouterQueries } from '@isp/domain/network';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { ServiceView } from './service.view.js';

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
    private readonly routers: RouterQueries,
    private readonly subscriber: ChangeSubscriber,
  ) {}

  /** Access as the open causes of suspension want it; none for what is terminated. */
  async follow({ id, status }: ServiceView): Promise<void> {
    if (status === 'terminated') {
      await this.subscriber.execute({ serviceId: id, access: 'closed' });
    } else if (status === 'active' || status === 'suspended') {
      const row = await this.uow.tx.one<{ access: 'open' | 'walled_garden' | 'closed' }>(OPEN, [id]);
      await this.subscriber.execute({ serviceId: id, access: row?.access ?? 'open' });
    }
  }

  /** Rate as sold. @throws `network.profile.none_fits` */
  async rate({ id, serviceType, status, downloadMbps, uploadMbps }: ServiceView): Promise<void> {
    const lives = status === 'active' || status === 'suspended';
    if (!lives || serviceType !== 'internet' || downloadMbps === null || uploadMbps === null) return;
    const profile = await this.routers.profileFor(downloadMbps, uploadMbps);
    await this.subscriber.execute({ serviceId: id, profile });
  }
}
