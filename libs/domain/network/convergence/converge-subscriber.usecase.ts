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
  readonly desiredVersion: number;
  readonly attempts: number;
}

const DESIRED = statement(
  'subscribers-desired',
  `SELECT username, router_id AS "routerId", vlan_id AS "vlanId", host(address) AS address, ipv6_prefix::text AS "ipv6Prefix",
          delegated_prefix::text AS "delegatedPrefix", bandwidth_profile AS "profileName", download_kbps AS "downloadKbps",
          upload_kbps AS "uploadKbps", access, desired_version AS "desiredVersion", convergence_attempts AS attempts
     FROM subscribers WHERE service_id = $1 AND address IS NOT NULL
      AND (desired_version > confirmed_version OR convergence <> 'confirmed')`,
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
    for (let more = true; more;) {
      try {
        more = await this.once(serviceId, run);
      } catch (error) {
        // The network's own refusals are a state of the service; anything else is a failure of the work.
        if (!(error instanceof DomainError) || !error.code.startsWith('network.')) throw error;
        run.signal.throwIfAborted();
        await this.later(serviceId, error, run);
        return;
      }
    }
  }

  private async once(serviceId: number, run: WorkRun): Promise<boolean> {
    const found = await this.uow.run(ACTOR, async (tx) => {
      const desired = await tx.one<Desired>(DESIRED, [serviceId]);
      return desired && { desired, router: await this.routers.get(desired.routerId) };
    });
    if (!found) return false;
    const { desired, router } = found;
    await this.apply(serviceId, desired, router, run);
    const { desiredVersion: version } = desired;
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
    return more ?? this.overtaken(serviceId, desired, router, run);
  }

  /**
   * The subscriber was removed, moved or changed by its provisioning while the router was told: what it was told is
   * taken back, or told again as it is to be now.
   */
  private async overtaken(serviceId: number, { username }: Desired, router: RouterView, run: WorkRun) {
    const again = await this.uow.run(ACTOR, (tx) => tx.execute(OVERTAKEN, [serviceId, router.id]));
    if (again > 0) return true;
    const stepKey = `converge-${serviceId}-${run.workId}-undo`;
    await this.control.remove({ router, stepKey, username, signal: run.signal });
    return false;
  }

  /** A try of one piece of work has one key: whoever asks again wants the router told again. */
  private async apply(serviceId: number, desired: Desired, router: RouterView, run: WorkRun): Promise<void> {
    const { profileName: name, downloadKbps, uploadKbps, desiredVersion, attempts } = desired;
    const wanted = { ...desired, profile: { name, downloadKbps, uploadKbps } };
    const order = { router, wanted, signal: run.signal };
    const stepKey = `converge-${serviceId}-${desiredVersion}-${run.workId}-${attempts}`;
    await this.control.apply({ ...order, stepKey });
    await this.control.verify(order);
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
      const attempts = (await tx.one<{ attempts: number }>(FAILED, state))?.attempts ?? 1;
      const ceiling = Math.min(LONGEST_WAIT_SECONDS, 2 ** Math.min(attempts - 1, 10));
      await run.postpone(ceiling * (0.5 + Math.random() / 2));
    });
  }
}

function wordsFor({ kept, ...tally }: SessionTally): string {
  const done = Object.entries(tally).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
  return `router applied, sessions: ${[...done, `${kept} as wanted`].join(', ')}`;
}
