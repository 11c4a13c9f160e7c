import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { addSeconds, type Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { DisableEndpoint } from '../endpoints/disable-endpoint.usecase.js';
import { EndpointRepository } from '../endpoints/endpoint.repository.js';
import type { DisabledReason } from '../endpoints/endpoint.view.js';
import { type AttemptResult, type ClaimedDelivery, succeeded } from './attempt.js';
import { DeliveryRepository, type EndpointOfDelivery } from './delivery.repository.js';
import type { DeliveryStatus } from './delivery.states.js';
import { retryDelaySeconds } from './retry-schedule.js';

/** Days of nothing but failures after which an endpoint is switched off. */
export const FAILING_DAYS = 5;
const GONE = 410;

interface Verdict {
  readonly status: DeliveryStatus;
  readonly nextAttemptAt: Date | null;
  readonly disable: DisabledReason | undefined;
}

/** Writes down how a try went and promises what follows from it. */
@Injectable()
export class RecordAttempt {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly deliveries: DeliveryRepository,
    private readonly endpoints: EndpointRepository,
    private readonly disableEndpoint: DisableEndpoint,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Answers the next delivery that waited for the place, claimed for this process, unless it is `leaving`. When another
   * process has taken this delivery over in the meantime, that one's result counts and nothing is written.
   */
  execute(delivery: ClaimedDelivery, result: AttemptResult, leaving = false): Promise<ClaimedDelivery | undefined> {
    return this.uow.run(systemActor('webhooks'), async () => {
      const endpoint = await this.deliveries.lockEndpointOf(delivery.id);
      if (!endpoint) return undefined;
      const { status, nextAttemptAt, disable } = this.judge(endpoint, delivery, result);
      const outcome = { status, nextAttemptAt, error: errorOf(result), now: this.clock.now() };
      const number = await this.deliveries.record(delivery, result, outcome);
      if (number === undefined) return undefined;
      // All in one flight, in this order: every round trip saved is time off the endpoint's lock.
      const [next] = await Promise.all([
        leaving || disable ? undefined : this.deliveries.claimParked(endpoint),
        this.deliveries.dropRecovery(delivery.id, delivery.epoch),
        nextAttemptAt ? this.deliveries.promise(delivery.id, number, nextAttemptAt) : undefined,
        succeeded(result)
          ? this.endpoints.noteSuccess(endpoint.id)
          : this.endpoints.noteFailure(endpoint.id, result.at),
        disable ? undefined : this.deliveries.fillPlaces(endpoint.id),
      ]);
      if (disable) await this.disableEndpoint.execute({ endpoint, reason: disable });
      return next;
    });
  }

  private judge(endpoint: EndpointOfDelivery, delivery: ClaimedDelivery, result: AttemptResult): Verdict {
    if (succeeded(result)) return { status: 'delivered', nextAttemptAt: null, disable: undefined };
    if (endpoint.status !== 'enabled') return { status: 'cancelled', nextAttemptAt: null, disable: undefined };
    const now = this.clock.now();
    if (result.status === GONE) return { status: 'failed', nextAttemptAt: null, disable: 'gone' };
    const wait = retryDelaySeconds(delivery.tries + 1, { retryAfterSeconds: result.retryAfterSeconds });
    const hopeless = endpoint.failingSince !== null && addSeconds(endpoint.failingSince, FAILING_DAYS * 86_400) <= now;
    if (wait === undefined || hopeless)
      return { status: 'failed', nextAttemptAt: null, disable: hopeless ? 'failing' : undefined };
    return { status: 'pending', nextAttemptAt: addSeconds(now, wait), disable: undefined };
  }
}

function errorOf(result: AttemptResult): string | null {
  if (succeeded(result)) return null;
  return result.error ?? `The receiver answered ${result.status}.`;
}
