import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';
import type { SealedSecrets } from '../endpoints/endpoint-secrets.js';
import type { EndpointStatus } from '../endpoints/endpoint.view.js';
import type { AttemptResult, ClaimedDelivery } from './attempt.js';
import * as sql from './delivery.statements.js';
import type { DeliveryStatus } from './delivery.states.js';

const JOB = 'webhooks.deliver';

/** What a claim and a result need of the endpoint, locked. */
export interface EndpointOfDelivery extends SealedSecrets {
  readonly id: number;
  readonly partnerId: number;
  readonly url: string;
  readonly status: EndpointStatus;
  readonly failingSince: Date | null;
}

export interface DeliveryRow {
  readonly id: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly tries: number;
  readonly parked: boolean;
  readonly inFlight: boolean;
  readonly inFlightUntil: Date | null;
  readonly othersInFlight: number;
  readonly eventId: string;
  readonly type: string;
  readonly payload: string;
  readonly requestId: string | null;
}

/**
 * The write side of deliveries. A pending delivery is always in exactly one of three places: work of its own (now or
 * at its next try), parked until its endpoint has a place, or in flight with work that sends it again should the
 * process die. Whoever moves it holds the lock of its endpoint.
 */
@Injectable()
export class DeliveryRepository {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly work: WorkQueue,
  ) {}

  lockEndpointOf(deliveryId: string): Promise<EndpointOfDelivery | undefined> {
    return this.uow.tx.one<EndpointOfDelivery>(sql.LOCK_ENDPOINT_OF, [deliveryId]);
  }

  read(id: string): Promise<DeliveryRow | undefined> {
    return this.uow.tx.one<DeliveryRow>(sql.READ, [id]);
  }

  /** Promises the next try; work of that name that is still waiting is moved instead. */
  async promise(id: string, attempts: number, notBefore?: Date): Promise<void> {
    const dedupeKey = `${id}:${attempts + 1}`;
    const options = notBefore ? { dedupeKey, notBefore } : { dedupeKey };
    if (await this.work.enqueue(JOB, { delivery_id: id }, options)) return;
    if (notBefore) await this.work.reschedule(JOB, dedupeKey, notBefore);
  }

  /** Promises that a lost claim is noticed. */
  async promiseRecovery(id: string, epoch: number | string, inFlightUntil: Date): Promise<void> {
    const notBefore = new Date(inFlightUntil.getTime() + 1_000);
    await this.work.enqueue(JOB, { delivery_id: id }, { dedupeKey: recoveryKey(id, epoch), notBefore });
  }

  async dropRecovery(id: string, epoch: number): Promise<void> {
    await this.work.cancel(JOB, recoveryKey(id, epoch));
  }

  /** Takes a delivery that was read under its endpoint's lock. */
  async claim(endpoint: EndpointOfDelivery, delivery: DeliveryRow): Promise<ClaimedDelivery | undefined> {
    const claim = await this.uow.tx.one<Claim>(sql.CLAIM, [delivery.id]);
    return claim && this.claimed(endpoint, delivery, claim);
  }

  /** Takes the delivery that has waited longest for a place, if there is one. */
  async claimParked(endpoint: EndpointOfDelivery): Promise<ClaimedDelivery | undefined> {
    const claim = await this.uow.tx.one<Claim & { id: string }>(sql.CLAIM_PARKED, [endpoint.id]);
    const delivery = claim && (await this.read(claim.id));
    return delivery && this.claimed(endpoint, delivery, claim);
  }

  async park(id: string): Promise<void> {
    await this.uow.tx.execute(sql.PARK, [id]);
  }

  /** Answers the number of the attempt; undefined when a later claim, or the end of the delivery, came first. */
  async record({ id, epoch }: ClaimedDelivery, result: AttemptResult, verdict: Verdict): Promise<number | undefined> {
    const { status, nextAttemptAt, error, now } = verdict;
    const { at, durationMs, responseExcerpt } = result;
    const values = [id, epoch, status, nextAttemptAt, result.status, error, now, at, durationMs, responseExcerpt];
    return (await this.uow.tx.one<{ number: number }>(sql.RECORD, values))?.number;
  }

  async cancel(id: string): Promise<void> {
    await this.uow.tx.execute(sql.CANCEL, [id]);
  }

  async cancelPending(endpointId: number): Promise<void> {
    await this.uow.tx.execute(sql.CANCEL_PENDING, [endpointId]);
  }

  async giveUp(id: string, reason: string): Promise<void> {
    await this.uow.tx.execute(sql.GIVE_UP, [id, reason]);
  }

  /** Gives the endpoint's free places to what waits for them. */
  async fillPlaces(endpointId: number): Promise<void> {
    const rows = await this.uow.tx.query<{ id: string; attempts: number }>(sql.UNPARK, [endpointId]);
    await Promise.all(rows.map(({ id, attempts }) => this.promise(id, attempts)));
  }

  /** Makes an ended delivery pending again, or hurries one that waits for its next try. */
  async sendAgain(id: string, now: Date): Promise<void> {
    const row =
      (await this.uow.tx.one<{ attempts: number }>(sql.REVIVE, [id])) ??
      (await this.uow.tx.one<{ attempts: number }>(sql.HURRY, [id]));
    if (row) await this.promise(id, row.attempts, now);
  }

  reviveRange(endpointId: number, from: Date, to: Date, statuses: readonly DeliveryStatus[]): Promise<number> {
    return this.uow.tx.execute(sql.REVIVE_RANGE, [endpointId, from, to, statuses]);
  }

  addMissed(endpointId: number, from: Date, to: Date, exceptType: string): Promise<number> {
    return this.uow.tx.execute(sql.ADD_MISSED, [endpointId, from, to, exceptType]);
  }

  async endpointsWithParked(): Promise<number[]> {
    return (await this.uow.tx.query<{ endpointId: number }>(sql.ENDPOINTS_WITH_PARKED)).map(
      ({ endpointId }) => endpointId,
    );
  }

  private async claimed(endpoint: EndpointOfDelivery, delivery: DeliveryRow, claim: Claim): Promise<ClaimedDelivery> {
    const { id, tries, eventId, type, payload, requestId } = delivery;
    await this.promiseRecovery(id, claim.epoch, claim.inFlightUntil);
    return { id, epoch: claim.epoch, tries, eventId, type, payload, requestId, url: endpoint.url, secrets: endpoint };
  }
}

/** What follows from one try. */
interface Verdict {
  readonly status: DeliveryStatus;
  readonly nextAttemptAt: Date | null;
  readonly error: string | null;
  readonly now: Date;
}

interface Claim {
  readonly epoch: number;
  readonly inFlightUntil: Date;
}

function recoveryKey(id: string, epoch: number | string): string {
  return `${id}:recover:${epoch}`;
}
