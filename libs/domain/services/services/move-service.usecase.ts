import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { type Transaction, UnitOfWork, rowsOf, statement } from '@isp/platform/database';
import { historyValues, noted } from './service-history.js';
import { ServiceNetwork } from './service-network.js';
import type { OperationalStatus, ServiceStatus, SuspensionCause } from './service.entity.js';
import { serviceErrors } from './service.errors.js';
import { ServiceFacts } from './service.facts.js';
import { OPERATIONAL_AFTER, serviceStates } from './service.states.js';
import { SERVICE_COLUMNS, type ServiceView } from './service.view.js';

const STATUS = statement(
  'services-status',
  'SELECT status, suspended_for AS "suspendedFor" FROM services WHERE id = $1',
);
// Locked in the order of their ids, so that two transactions that move several cannot deadlock.
const MOVE = statement(
  'services-move-all',
  `WITH asked AS MATERIALIZED (
     SELECT * FROM ${rowsOf('integer', 'text', 'text', 'text', 'text', 'text', 'text', 'text', 'timestamptz', 'timestamptz')}
       AS a(service_id, status_to, operational_to, status_from, causes, actor, reason, request_id, moved_at, ended_at)),
   before AS MATERIALIZED (
     SELECT s.id, s.status, s.operational_status, coalesce(a.causes::text[], s.suspended_for) AS causes,
            a.status_to, a.operational_to, a.status_from::text[], a.actor, a.reason, a.request_id, a.moved_at, a.ended_at
       FROM asked a JOIN services s ON s.id = a.service_id ORDER BY s.id FOR NO KEY UPDATE OF s),
   moved AS (
     UPDATE services s SET status = b.status_to, operational_status = b.operational_to, suspended_for = b.causes,
            version = version + 1, updated_at = now(),
            activated_at = CASE WHEN b.status_to IN ('active', 'suspended') THEN coalesce(activated_at, b.moved_at) ELSE activated_at END,
            terminated_at = CASE WHEN b.status_to = 'terminated' THEN greatest(least(b.ended_at, b.moved_at), s.activated_at) END
       FROM before b
      WHERE s.id = b.id AND b.status = ANY (b.status_from) AND (b.status_to <> 'active' OR b.causes = '{}')
     RETURNING s.*, b.status AS moved_from, b.operational_status AS operated_from, b.actor, b.reason, b.request_id),
   ${noted('m.actor, m.reason, m.request_id')}
   SELECT ${SERVICE_COLUMNS}, s.moved_from AS "movedFrom" FROM moved s`,
);
// The bundle is locked first: of two parts that come up at once, the second sees the first.
const LOCK_BUNDLE = statement('services-lock-bundle', 'SELECT status FROM services WHERE id = $1 FOR NO KEY UPDATE');
const WAITING = statement(
  'services-bundle-waiting',
  `SELECT count(*)::integer AS parts FROM services
    WHERE partner_id = $1 AND bundle_id = $2 AND status IN ('pending_activation', 'provisioning', 'failed')`,
);

export interface MoveServiceInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly to: ServiceStatus;
  readonly operational?: OperationalStatus | undefined;
  readonly reason?: string | undefined;
  /** Of an end that was ordered: when it was to be, which is when it counts from. */
  readonly endedAt?: Date | undefined;
  /** @internal What it is suspended for from now on; only the suspensions of this domain know. */
  readonly causes?: readonly SuspensionCause[];
}

type Moved = ServiceView & { readonly movedFrom: ServiceStatus };

/** Bundles in the order of their ids. Of several parts that come up at once the first looks after their bundle. */
async function lockBundles(ids: readonly number[], tx: Transaction) {
  const different = [...new Set(ids)].sort((one, other) => one - other);
  const locked = await Promise.all(different.map((id) => tx.one<{ status: ServiceStatus }>(LOCK_BUNDLE, [id])));
  return ids.map((id, index) => (ids.indexOf(id) === index ? locked[different.indexOf(id)] : undefined));
}

/** Arrays of arrays are all of one length; so each is text. */
const listed = (names: readonly string[]): string => `{${names.join()}}`;

/** The columns of the statement. A service that is to be moved twice at once is moved once, and the other is refused. */
async function moveAll(
  moves: readonly (readonly unknown[])[],
  tx: Transaction,
): Promise<readonly (Moved | undefined)[]> {
  const first = new Map(moves.toReversed().map((move) => [Number(move[0]), move]));
  const inOrder = [...first.values()].sort(([one], [other]) => Number(one) - Number(other));
  const columns = (inOrder[0] ?? []).map((_, column) => inOrder.map((move) => move[column]));
  const moved = new Map((await tx.query<Moved>(MOVE, columns)).map((row) => [row.id, row]));
  return moves.map((move) => (first.get(Number(move[0])) === move ? moved.get(Number(move[0])) : undefined));
}

/**
 * The one way a service changes its commercial state. Others (provisioning, billing) report what they did; this
 * decides whether the move is legal, writes the history and says so to the world. What comes up while there is a cause
 * to block it is suspended at once; a bundle is active when the last of its parts is.
 * @throws `services.service.not_found`, `services.service.illegal_move`
 */
@Injectable()
export class MoveService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly facts: ServiceFacts,
    private readonly network: ServiceNetwork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute(input: MoveServiceInput): Promise<ServiceView> {
    return this.uow.run(input.actor, async () => {
      const row = (await this.move(input)) ?? (await this.comeUpBlocked(input));
      const { movedFrom, ...moved } = row;
      this.tell(input, movedFrom, moved);
      if (movedFrom === 'provisioning' && moved.bundleId !== null) await this.followPart(input.actor, moved);
      return moved;
    });
  }

  private move({
    actor,
    serviceId,
    to,
    operational,
    reason,
    causes,
    endedAt,
  }: MoveServiceInput): Promise<Moved | undefined> {
    return this.uow.tx.gather(moveAll, [
      serviceId,
      to,
      operational ?? OPERATIONAL_AFTER[to],
      listed(serviceStates.previous(to)),
      causes ? listed(causes) : null,
      ...historyValues(actor, reason),
      this.clock.now(),
      endedAt ?? null,
    ]);
  }

  /** The move was refused: because there are causes to block what has just come up, or for good. */
  private async comeUpBlocked(input: MoveServiceInput): Promise<Moved> {
    const { serviceId, to } = input;
    const service = await this.uow.tx.one<{ status: ServiceStatus; suspendedFor: string[] }>(STATUS, [serviceId]);
    if (!service) throw serviceErrors('services.service.not_found');
    const blocked = to === 'active' && service.status === 'provisioning' && service.suspendedFor.length > 0;
    const row = blocked ? await this.move({ ...input, to: 'suspended', operational: undefined }) : undefined;
    if (!row) throw serviceErrors('services.service.illegal_move', { from: service.status, to });
    await this.network.follow(row);
    return row;
  }

  private tell({ actor, reason }: MoveServiceInput, from: ServiceStatus, moved: ServiceView): void {
    const { status } = moved;
    this.facts.note(actor, 'move', moved, { status: [from, status], ...(reason ? { reason } : {}) });
    if (from === 'provisioning' && (status === 'active' || status === 'suspended'))
      this.facts.publish('activated', moved);
    if (from === 'suspended' && status === 'active') this.facts.publish('reactivated', moved);
    if (status === 'suspended' || status === 'terminated') this.facts.publish(status, moved);
  }

  private async followPart(actor: Actor, { partnerId, bundleId, status }: ServiceView): Promise<void> {
    if (bundleId === null || (status !== 'active' && status !== 'suspended')) return;
    const bundle = await this.uow.tx.gather(lockBundles, bundleId);
    if (bundle?.status !== 'pending_activation') return;
    const waiting = await this.uow.tx.one<{ parts: number }>(WAITING, [partnerId, bundleId]);
    if (waiting?.parts !== 0) return;
    await this.execute({ actor, serviceId: bundleId, to: 'provisioning' });
    await this.execute({ actor, serviceId: bundleId, to: 'active', reason: 'all parts are active' });
  }
}
