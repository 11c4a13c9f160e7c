import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { DomainError } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { Outbox, type WorkRun } from '@isp/platform/work';
import type { SubscriberAccess } from '../drivers/device-driver.port.js';
import { RouterControl } from '../drivers/router-control.js';
import { RouterQueries, type RouterView } from '../devices/router.queries.js';
import { type SessionTally, SubscriberSessions } from './subscriber-sessions.js';

const ACTOR = systemActor('network');
/** Between two tries of a device that does not follow. */
const LONGEST_WAIT_SECONDS = 60;

interface Desired {
  readonly username: string;
  readonly routerId: number;
  readonly vlanId: number | null;
  readonly address: string;
  readonly ipv6Prefix: string | null;
  readonly delegatedPrefix: string | null;
  readonly profileName: string;
  readonly downloadKbps: number;
  readonly uploadKbps: number;
  readonly access: SubscriberAccess;
  /** Its router is not to know it any more. */
  readonly leaving: boolean;
  readonly desiredVersion: number;
  readonly attempts: number;
}

/** A router that was told something of a subscriber. */
interface Told {
  readonly username: string;
  readonly router: RouterView;
}

/** What a turn told, and whether something else is wanted by the end of it. */
interface Turn {
  readonly told: Told | undefined;
  readonly more: boolean;
}

const DESIRED = statement(
  'subscribers-desired',
  `SELECT username, router_id AS "routerId", vlan_id AS "vlanId", host(address) AS address, ipv6_prefix::text AS "ipv6Prefix",
          delegated_prefix::text AS "delegatedPrefix", bandwidth_profile AS "profileName", download_kbps AS "downloadKbps",
          upload_kbps AS "uploadKbps", access, leaving, desired_version AS "desiredVersion", convergence_attempts AS attempts
     FROM subscribers WHERE service_id = $1 AND address IS NOT NULL
      AND (desired_version > confirmed_version OR convergence <> 'confirmed')`,
);
const GONE = statement(
  'subscribers-gone',
  'SELECT username, router_id AS "routerId" FROM subscribers WHERE service_id = $1 AND address IS NULL',
);
// Only the version that was carried out: a change that came meanwhile stays to be done.
const CONFIRM = statement(
  'subscribers-confirm',
  `UPDATE subscribers SET confirmed_version = $2, confirmed_at = now(), convergence_attempts = 0, convergence_error = NULL,
          router_seen = NULL, router_wanted = NULL, convergence = CASE WHEN desired_version = $2 THEN 'confirmed' ELSE 'pending' END, updated_at = now()
    WHERE service_id = $1 AND confirmed_version <= $2
   RETURNING desired_version > $2 AS more, partner_id AS "partnerId", customer_id AS "customerId", access, throttled`,
);
// Somebody else's version was seen to be followed meanwhile, and this one may have undone it on the router.
const OVERTAKEN = statement(
  'subscribers-overtaken',
  `UPDATE subscribers SET convergence = 'pending', updated_at = now() WHERE service_id = $1 AND router_id = $2 AND address IS NOT NULL`,
);
const REPAIRED = statement(
  'drifts-note-repair',
  'UPDATE network_drifts SET repair = $2 WHERE service_id = $1 AND repaired_at IS NULL',
);
const FAILED = statement(
  'subscribers-not-converged',
  `UPDATE subscribers SET convergence = $2, convergence_error = left($3, 500), convergence_attempts = convergence_attempts + 1,
          updated_at = now()
    WHERE service_id = $1 AND convergence <> 'confirmed' RETURNING convergence_attempts AS attempts`,
);

interface Confirmed {
  readonly more: boolean;
  readonly partnerId: number;
  readonly customerId: number;
  readonly access: SubscriberAccess;
  readonly throttled: boolean;
}

/**
 * Brings the network to what the database wants for one service: its router, then its sessions; and notes that it was
 * seen to follow. A device that does not follow is tried again for as long as it takes, and named meanwhile.
 */
@Injectable()
export class ConvergeSubscriber {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly routers: RouterQueries,
    private readonly control: RouterControl,
    private readonly sessions: SubscriberSessions,
    private readonly outbox: Outbox,
  ) {}

  async execute(serviceId: number, run: WorkRun): Promise<void> {
    try {
      let turn = await this.once(serviceId, undefined, run);
      while (turn.more) turn = await this.once(serviceId, turn.told, run);
      // A try before this one may have told a router that did not answer, or died; nobody else remembers that.
      if (!turn.told && run.epoch > 1) await this.clear(serviceId, run);
    } catch (error) {
      // The network's own refusals are a state of the service; anything else is a failure of the work.
      if (!(error instanceof DomainError) || !error.code.startsWith('network.')) throw error;
      run.signal.throwIfAborted();
      await this.later(serviceId, error, run);
    }
  }

  /** Carries out what is wanted now; `before` is what this run told a router last. */
  private async once(serviceId: number, before: Told | undefined, run: WorkRun): Promise<Turn> {
    const found = await this.uow.run(ACTOR, async (tx) => {
      const desired = await tx.one<Desired>(DESIRED, [serviceId]);
      return desired && { desired, router: await this.routers.get(desired.routerId) };
    });
    if (!found) return { told: before, more: false };
    const { desired, router } = found;
    const { desiredVersion: version, username } = desired;
    if (before && before.router.id !== router.id) await this.remove(serviceId, before, run);
    await this.tell(serviceId, desired, router, run);
    const tally = await this.sessions.bring({ serviceId, wanted: desired, version, signal: run.signal });
    const more = await this.uow.run(ACTOR, async (tx) => {
      await run.fence();
      const confirmed = await tx.one<Confirmed>(CONFIRM, [serviceId, version]);
      if (!confirmed) return undefined;
      await tx.execute(REPAIRED, [serviceId, wordsFor(tally)]);
      this.report(serviceId, version, confirmed);
      // In the transaction that holds the row: a change that waits for it finds no work under way, and makes its own.
      if (!confirmed.more) await run.complete();
      return confirmed.more;
    });
    const told = { username, router };
    return { told, more: more ?? (await this.overtaken(serviceId, told, run)) };
  }

  /**
   * The subscriber was removed, moved or changed by its provisioning while the router was told: what it was told is
   * taken back, or told again as it is to be now.
   */
  private async overtaken(serviceId: number, told: Told, run: WorkRun): Promise<boolean> {
    const again = await this.uow.run(ACTOR, (tx) => tx.execute(OVERTAKEN, [serviceId, told.router.id]));
    if (again === 0) await this.remove(serviceId, told, run);
    return again > 0;
  }

  /** Takes a subscriber that has left off the router that it was on. */
  private async clear(serviceId: number, run: WorkRun): Promise<void> {
    const told = await this.uow.run(ACTOR, async (tx) => {
      const gone = await tx.one<{ username: string; routerId: number }>(GONE, [serviceId]);
      return gone && { username: gone.username, router: await this.routers.get(gone.routerId) };
    });
    if (told) await this.remove(serviceId, told, run);
  }

  private remove(serviceId: number, { username, router }: Told, run: WorkRun): Promise<void> {
    const stepKey = `converge-${serviceId}-${run.workId}-${run.epoch}-undo-${router.id}`;
    return this.control.remove({ router, stepKey, username, signal: run.signal });
  }

  /** A try of one piece of work has one key: whoever asks again wants the router told again. */
  private async tell(serviceId: number, desired: Desired, router: RouterView, run: WorkRun): Promise<void> {
    const { username, profileName: name, downloadKbps, uploadKbps, desiredVersion, attempts } = desired;
    const stepKey = `converge-${serviceId}-${desiredVersion}-${run.workId}-${attempts}`;
    const order = { router, signal: run.signal };
    if (desired.leaving) {
      await this.control.remove({ ...order, username, stepKey });
      return this.control.verifyGone({ ...order, username });
    }
    const wanted = { ...desired, profile: { name, downloadKbps, uploadKbps } };
    await this.control.apply({ ...order, wanted, stepKey });
    await this.control.verify({ ...order, wanted });
  }

  private report(serviceId: number, version: number, { partnerId, customerId, access, throttled, more }: Confirmed) {
    // What was overtaken says nothing of what is.
    if (more) return;
    const ids = { partner_id: partnerId, customer_id: customerId, service_id: serviceId };
    this.outbox.add('network.subscriber.confirmed.v1', {
      ...ids,
      access,
      rate: throttled ? 'throttled' : 'full',
      sequence: version,
    });
  }

  private later(serviceId: number, error: DomainError, run: WorkRun): Promise<void> {
    const isAway = error.kind === 'timeout' || error.kind === 'unavailable';
    return this.uow.run(ACTOR, async (tx) => {
      const state = [serviceId, isAway ? 'unreachable' : 'pending', error.message];
      // One that has left, or was confirmed by others meanwhile, is nobody's trouble any more.
      const attempts = (await tx.one<{ attempts: number }>(FAILED, state))?.attempts ?? Infinity;
      const ceiling = Math.min(LONGEST_WAIT_SECONDS, 2 ** (attempts - 1));
      await run.postpone(ceiling * (0.5 + Math.random() / 2));
    });
  }
}

function wordsFor({ kept, ...tally }: SessionTally): string {
  const done = Object.entries(tally).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
  return `router applied, sessions: ${[...done, `${kept} as wanted`].join(', ')}`;
}
