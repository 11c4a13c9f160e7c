import { SESSION_CLOSER } from '../subscribers/session-closer.port.js';
import { ConvergeSubscriberHandler } from './converge-subscriber.job.js';
import { ConvergeSubscriber } from './converge-subscriber.usecase.js';
import { DriftGauge } from './drift-gauge.js';
import { DriftQueries } from './drift.queries.js';
import { DriftRepository } from './drift.repository.js';
import { OpenSessions } from './open-sessions.js';
import { ReadBackSubscriberHandler } from './read-back-subscriber.job.js';
import { ReadBackSubscriber } from './read-back-subscriber.usecase.js';
import { ReconcileNetworkHandler, ReconcileNetworkSchedule } from './reconcile-network.job.js';
import { ReconcileNetwork } from './reconcile-network.usecase.js';
import { RequestConvergence } from './request-convergence.usecase.js';
import { SubscriberSessions } from './subscriber-sessions.js';

/** What is wanted of the network against what it does, as other domains and the APIs use it. */
export const CONVERGENCE = [
  DriftQueries,
  RequestConvergence,
  ReconcileNetwork,
  SubscriberSessions,
  { provide: SESSION_CLOSER, useExisting: SubscriberSessions },
];
/** What they use themselves. */
export const CONVERGENCE_INTERNALS = [OpenSessions, DriftRepository, DriftGauge];
/** What a worker does for them. */
export const CONVERGENCE_WORKERS = [
  ConvergeSubscriber,
  ConvergeSubscriberHandler,
  ReadBackSubscriber,
  ReadBackSubscriberHandler,
  ReconcileNetworkHandler,
  ReconcileNetworkSchedule,
];
