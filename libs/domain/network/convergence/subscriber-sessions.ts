import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { DomainError } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import type { SessionAnswer } from '../drivers/device-driver.port.js';
import { SessionControl, type SessionDevice } from '../drivers/session-control.js';
import type { SessionCloser } from '../subscribers/session-closer.port.js';
import { OpenSessions, type OpenSession } from './open-sessions.js';
import { sessionOrder, type WantedOfSession } from './session-order.policy.js';

const ACTOR = systemActor('network');
const CLOSED: WantedOfSession = { access: 'closed', address: null, downloadKbps: 0, uploadKbps: 0 };

type Done = 'disconnected' | 'changed' | 'gone' | 'kept' | 'skipped';
/** How many sessions became what; `skipped` live on a NAS that nobody can tell anything. */
export type SessionTally = Readonly<Record<Done, number>>;

export interface SessionsOrder {
  readonly serviceId: number;
  readonly wanted: WantedOfSession;
  readonly version?: number;
  readonly signal: AbortSignal;
}

/**
 * Brings the open sessions of a service to what is wanted: Disconnect, or CoA and Disconnect where that is refused. Never
 * inside a transaction.
 */
@Injectable()
export class SubscriberSessions implements SessionCloser {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly sessions: OpenSessions,
    private readonly control: SessionControl,
  ) {}

  /**
   * Every session is tried before the first failure is thrown.
   * @throws `network.device.silent`, `network.device.refused`, `network.device.no_secret`, `network.driver.unknown`
   */
  async bring(order: SessionsOrder): Promise<SessionTally> {
    const open = await this.uow.run(ACTOR, () => this.sessions.of(order.serviceId));
    const tally = { disconnected: 0, changed: 0, gone: 0, kept: 0, skipped: 0 };
    const troubles: unknown[] = [];
    for (const session of open) {
      try {
        tally[await this.one(session, order)] += 1;
      } catch (error) {
        order.signal.throwIfAborted();
        troubles.push(error);
      }
    }
    if (troubles.length > 0) throw troubles[0];
    return tally;
  }

  /** As the port says: undefined when there are sessions and none of their NASes can be told. */
  async endAll(serviceId: number, _stepKey: string, signal: AbortSignal): Promise<number | undefined> {
    const { disconnected, gone, skipped } = await this.bring({ serviceId, wanted: CLOSED, signal });
    return disconnected + gone === 0 && skipped > 0 ? undefined : disconnected + gone;
  }

  private async one(session: OpenSession, { wanted, version, signal }: SessionsOrder): Promise<Done> {
    const { device } = session;
    const kind = sessionOrder(wanted, session.granted, device?.settings['garden_by_coa'] === true);
    if (kind === 'keep') return 'kept';
    if (!device || device.sessionDriver === null) return 'skipped';
    if (kind === 'change') {
      const answer = await this.change(device, session, wanted, signal);
      if (answer !== 'refused') {
        return this.noted(session, answer, () => this.sessions.changed(session.id, wanted, version), 'changed');
      }
    }
    const answer = await this.control.disconnect({ device, session: session.ref, signal });
    return this.noted(session, answer, () => this.sessions.disconnected(session.id), 'disconnected');
  }

  private async change(device: SessionDevice, { ref }: OpenSession, wanted: WantedOfSession, signal: AbortSignal) {
    const { access, downloadKbps, uploadKbps } = wanted;
    try {
      const change = { access, downloadKbps, uploadKbps };
      return await this.control.change({ device, session: ref, signal, change });
    } catch (error) {
      if (error instanceof DomainError && error.code === 'network.device.refused') return 'refused';
      throw error;
    }
  }

  private async noted(
    session: OpenSession,
    answer: SessionAnswer,
    note: () => Promise<void>,
    done: Done,
  ): Promise<Done> {
    const isGone = answer === 'no_such_session';
    await this.uow.run(ACTOR, () => (isGone ? this.sessions.gone(session.id) : note()));
    return isGone ? 'gone' : done;
  }
}
