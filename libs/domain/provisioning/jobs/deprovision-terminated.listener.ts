import { Injectable } from '@nestjs/common';
import { systemActorFor } from '@isp/contracts';
import { SubscriberSteps } from '@isp/domain/network';
import { ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import { VoiceAccounts } from '../voice/voice-accounts.js';
import { RequestDeprovisioning } from './request-deprovisioning.usecase.js';

const EVENT = 'services.service.terminated.v1';

/** A service that is over leaves the network. One that has a job under way is asked about again later. */
@Injectable()
@ListensTo({ name: 'provisioning.deprovision-terminated', events: [EVENT] })
export class DeprovisionTerminatedListener implements ListensToEvents<typeof EVENT> {
  constructor(
    private readonly subscribers: SubscriberSteps,
    private readonly voice: VoiceAccounts,
    private readonly deprovision: RequestDeprovisioning,
  ) {}

  async on({ payload }: PublishedEvent<typeof EVENT>): Promise<void> {
    const { service_id: id, service_type: type } = payload;
    if (!(await (type === 'voice' ? this.voice.isOpen(id) : this.subscribers.exists(id)))) return;
    const actor = systemActorFor('provisioning', payload.partner_id);
    await this.deprovision.execute({ actor, serviceId: payload.service_id, priority: 'high' });
  }
}
