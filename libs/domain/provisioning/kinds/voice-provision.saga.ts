import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { MoveService, ServiceQueries } from '@isp/domain/services';
import { jobErrors } from '../jobs/job.errors.js';
import type { JobView, StepView } from '../jobs/job.view.js';
import { VOICE_PROVISION } from '../saga/definitions.js';
import { type StepDefinition, stepKey } from '../saga/saga.js';
import { type OpenedVoiceAccount, VoiceAccounts } from '../voice/voice-accounts.js';
import { VOICE_DRIVER, type VoiceAccount, type VoiceDriver } from '../voice/voice-driver.port.js';
import { type JobSaga, type Opened, recorded } from './job-saga.js';

const ACTOR = systemActor('provisioning');

/** The number becomes an account of the softswitch, is read back, and the service lives. */
@Injectable()
export class VoiceProvisionSaga implements JobSaga<OpenedVoiceAccount> {
  readonly kind = 'voice_provision';
  readonly definition = VOICE_PROVISION;

  constructor(
    private readonly services: ServiceQueries,
    private readonly move: MoveService,
    private readonly accounts: VoiceAccounts,
    @Inject(VOICE_DRIVER) private readonly driver: VoiceDriver,
  ) {}

  async open(job: JobView): Promise<Opened<OpenedVoiceAccount>> {
    const service = await this.services.get(ACTOR, job.serviceId);
    if (service.status !== 'provisioning')
      throw jobErrors('provisioning.service.not_in_state', { status: service.status, kind: 'provision' });
    const context = await this.accounts.open(service);
    const { number } = context.account;
    const details = { number: { number }, voice_registration: { switch: this.driver.name, number } };
    return { context, routers: [], details };
  }

  async perform(
    { name, timeoutMs = 0 }: StepDefinition,
    job: JobView,
    { account, password }: OpenedVoiceAccount,
    signal: AbortSignal,
  ): Promise<void> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    if (name === 'voice_registration')
      return this.driver.register(stepKey(job, name, false, account), account, password, limit);
    if (!isAs(account, await this.driver.readBack(account.number, limit)))
      throw jobErrors('provisioning.voice.mismatch');
  }

  close(job: JobView): Promise<unknown> {
    return this.move.execute({ actor: ACTOR, serviceId: job.serviceId, to: 'active' });
  }

  undo(
    { name, timeoutMs = 0 }: StepDefinition,
    job: JobView,
    records: readonly StepView[],
    signal: AbortSignal,
  ): Promise<void> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    return this.driver.remove(stepKey(job, name, true), recorded<string>(records, 'number', 'number') ?? '', limit);
  }

  undoOpening(job: JobView): Promise<void> {
    return this.accounts.close(job.serviceId);
  }

  async ended(job: JobView, as: 'failed' | 'cancelled' | 'dead', error: string): Promise<number> {
    const service = await this.services.get(ACTOR, job.serviceId);
    if (service.status !== 'provisioning') return service.version;
    const to = as === 'cancelled' ? 'pending_activation' : 'failed';
    return (await this.move.execute({ actor: ACTOR, serviceId: job.serviceId, to, reason: error })).version;
  }
}

/** Suspended or not is another matter: that may change while the job runs, and is followed by itself. */
function isAs(wanted: VoiceAccount, seen: VoiceAccount | undefined): boolean {
  if (seen?.number !== wanted.number) return false;
  const names = new Set([...Object.keys(wanted.features), ...Object.keys(seen.features)]);
  return [...names].every((name) => wanted.features[name] === seen.features[name]);
}
