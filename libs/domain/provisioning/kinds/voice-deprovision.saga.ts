import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { ServiceQueries } from '@isp/domain/services';
import { jobErrors } from '../jobs/job.errors.js';
import type { JobView } from '../jobs/job.view.js';
import { VOICE_DEPROVISION } from '../saga/definitions.js';
import { type StepDefinition, stepKey } from '../saga/saga.js';
import { VoiceAccounts } from '../voice/voice-accounts.js';
import { VOICE_DRIVER, type VoiceDriver } from '../voice/voice-driver.port.js';
import type { JobSaga, Opened } from './job-saga.js';

const ACTOR = systemActor('provisioning');

/** Takes the number off the softswitch, sees that it is gone, and closes the account. */
@Injectable()
export class VoiceDeprovisionSaga implements JobSaga<string | undefined> {
  readonly kind = 'voice_deprovision';
  readonly definition = VOICE_DEPROVISION;

  constructor(
    private readonly services: ServiceQueries,
    private readonly accounts: VoiceAccounts,
    @Inject(VOICE_DRIVER) private readonly driver: VoiceDriver,
  ) {}

  async open(job: JobView): Promise<Opened<string | undefined>> {
    const service = await this.services.get(ACTOR, job.serviceId);
    const { status } = service;
    if (status !== 'terminated' && status !== 'failed')
      throw jobErrors('provisioning.service.not_in_state', { status, kind: 'deprovision' });
    const number = (await this.accounts.current(service))?.account.number;
    if (number === undefined)
      return { context: undefined, routers: [], details: {}, skipped: ['voice_registration', 'read_back'] };
    return { context: number, routers: [], details: { voice_registration: { number } } };
  }

  async perform(
    { name, timeoutMs = 0 }: StepDefinition,
    job: JobView,
    number: string | undefined,
    signal: AbortSignal,
  ): Promise<'skipped' | void> {
    if (number === undefined) return 'skipped';
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    if (name === 'voice_registration') return this.driver.remove(stepKey(job, name), number, limit);
    // Who told the softswitch late is answered by telling it again.
    if (!(await this.driver.readBack(number, limit))) return;
    await this.driver.remove(stepKey(job, `${name}-again-${job.attempts}`), number, limit);
    if (await this.driver.readBack(number, limit)) throw jobErrors('provisioning.voice.mismatch');
  }

  close(job: JobView): Promise<unknown> {
    return this.accounts.close(job.serviceId);
  }

  undo(step: StepDefinition): Promise<void> {
    return Promise.reject(new Error(`${step.name} of a removal cannot be undone`));
  }

  undoOpening(): Promise<void> {
    return Promise.resolve();
  }

  async ended(job: JobView): Promise<number> {
    return (await this.services.get(ACTOR, job.serviceId)).version;
  }
}
