import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { CONFIG, type Config } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { checkDestination } from '@isp/platform/http';
import { webhookErrors } from '../webhooks.errors.js';
import { destinationPolicy } from './destination.policy.js';
import { EndpointSecrets } from './endpoint-secrets.js';
import { EndpointRepository } from './endpoint.repository.js';
import type { EndpointWithSecret } from './endpoint.view.js';

/** Enough for every integration of one partner, and a bound for what one event can set off. */
export const MAX_ENDPOINTS = 50;

export interface CreateEndpointInput {
  readonly actor: Actor;
  readonly url: string;
  readonly description?: string;
  readonly events: readonly string[];
  /** The operator alone: events of every partner. */
  readonly allPartners?: boolean;
}

/** Registers an endpoint of the actor's partner. The answer is the only one that shows the secret. */
@Injectable()
export class CreateEndpoint {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly endpoints: EndpointRepository,
    private readonly secrets: EndpointSecrets,
    private readonly audit: AuditTrail,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws DomainError `egress.destination.refused`, `webhooks.endpoint.too_many`, `…all_partners_refused` */
  async execute({
    actor,
    url,
    description = '',
    events,
    allPartners = false,
  }: CreateEndpointInput): Promise<EndpointWithSecret> {
    checkDestination(url, destinationPolicy(this.config));
    const operator = actor.reach === 'all' && actor.partnerId === OPERATOR_PARTNER_ID;
    if (allPartners && !operator) throw webhookErrors('webhooks.endpoint.all_partners_refused');
    return this.uow.run(actor, async () => {
      const guid = randomUUID();
      const { secret, sealed } = this.secrets.create(guid);
      const values = [guid, actor.partnerId, url, description, [...new Set(events)], allPartners, sealed];
      const endpoint = await this.endpoints.insert(values, MAX_ENDPOINTS);
      if (!endpoint) throw webhookErrors('webhooks.endpoint.too_many', { limit: MAX_ENDPOINTS });
      this.audit.record({
        actor,
        partnerId: endpoint.partnerId,
        action: 'webhook_endpoint.create',
        subject: { type: 'webhook_endpoint', id: endpoint.id },
        changes: { url, events: endpoint.events, all_partners: allPartners },
      });
      return { endpoint, secret };
    });
  }
}
