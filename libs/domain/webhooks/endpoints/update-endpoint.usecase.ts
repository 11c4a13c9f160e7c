import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { CONFIG, type Config } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { checkDestination } from '@isp/platform/http';
import { DeliveryRepository } from '../deliveries/delivery.repository.js';
import { webhookErrors } from '../webhooks.errors.js';
import { destinationPolicy } from './destination.policy.js';
import { type EndpointChange, EndpointRepository, type LockedEndpoint } from './endpoint.repository.js';
import type { EndpointStatus, EndpointView } from './endpoint.view.js';

export interface UpdateEndpointInput {
  readonly actor: Actor;
  readonly id: number;
  /** From `If-Match`; absent: whatever the version is. */
  readonly version?: number | undefined;
  readonly url?: string | undefined;
  readonly description?: string | undefined;
  readonly events?: readonly string[] | undefined;
  readonly allPartners?: boolean | undefined;
  readonly status?: EndpointStatus | undefined;
}

/** Changes an endpoint. Disabling it cancels what is pending; enabling it starts afresh. */
@Injectable()
export class UpdateEndpoint {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly endpoints: EndpointRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly audit: AuditTrail,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws DomainError `egress.destination.refused`, `webhooks.endpoint.not_found`, `….version_mismatch` */
  async execute(input: UpdateEndpointInput): Promise<EndpointView> {
    const { actor, id, version, url } = input;
    if (url !== undefined) checkDestination(url, destinationPolicy(this.config));
    return this.uow.run(actor, async () => {
      const before = await this.endpoints.lock(actor, id);
      if (version !== undefined && version !== before.version)
        throw webhookErrors('webhooks.endpoint.version_mismatch');
      const allowed = actor.reach === 'all' && before.partnerId === OPERATOR_PARTNER_ID;
      if (input.allPartners && !allowed) throw webhookErrors('webhooks.endpoint.all_partners_refused');
      const after = await this.endpoints.update(id, changeOf(before, input));
      if (before.status === 'enabled' && after.status === 'disabled') await this.deliveries.cancelPending(id);
      this.audit.record({
        actor,
        partnerId: before.partnerId,
        action: 'webhook_endpoint.update',
        subject: { type: 'webhook_endpoint', id },
        changes: differences(before, after),
      });
      return after;
    });
  }
}

function changeOf(before: LockedEndpoint, input: UpdateEndpointInput): EndpointChange {
  const status = input.status ?? before.status;
  const disabledReason = status === 'enabled' ? null : (before.disabledReason ?? 'by_owner');
  return {
    url: input.url ?? before.url,
    description: input.description ?? before.description,
    events: input.events ? [...new Set(input.events)] : before.events,
    allPartners: input.allPartners ?? before.allPartners,
    status,
    disabledReason,
  };
}

function differences(before: EndpointView, after: EndpointView): Record<string, unknown> {
  const fields = ['url', 'description', 'events', 'allPartners', 'status'] as const;
  const changed = fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  return Object.fromEntries(changed.map((field) => [field, [before[field], after[field]]]));
}
