import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { addSeconds, type Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { EndpointSecrets } from './endpoint-secrets.js';
import { EndpointRepository } from './endpoint.repository.js';
import type { EndpointWithSecret } from './endpoint.view.js';

/** Seconds during which the old secret signs beside the new one. */
export const ROTATION_SECONDS = 86_400;

export interface RotateSecretInput {
  readonly actor: Actor;
  readonly id: number;
}

/** Gives an endpoint a new secret; for 24 h deliveries carry a signature of each. A second rotation drops the oldest. */
@Injectable()
export class RotateSecret {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly endpoints: EndpointRepository,
    private readonly secrets: EndpointSecrets,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DomainError `webhooks.endpoint.not_found` */
  execute({ actor, id }: RotateSecretInput): Promise<EndpointWithSecret> {
    return this.uow.run(actor, async () => {
      const { guid, secretSealed, partnerId } = await this.endpoints.lock(actor, id);
      const retired = this.secrets.retire(guid, secretSealed as string);
      const { secret, sealed } = this.secrets.create(guid);
      const until = addSeconds(this.clock.now(), ROTATION_SECONDS);
      const endpoint = await this.endpoints.rotate(id, sealed, retired, until);
      this.audit.record({
        actor,
        partnerId,
        action: 'webhook_endpoint.rotate_secret',
        subject: { type: 'webhook_endpoint', id },
        changes: { previous_secret_until: until.toISOString() },
      });
      return { endpoint, secret };
    });
  }
}
