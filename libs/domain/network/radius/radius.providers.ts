import { RevealCredentials, RotateCredentials } from './credentials.usecase.js';
import { NasQueries } from './nas.queries.js';
import { NasRepository } from './nas.repository.js';
import { AuthAttempts, RadiusSessions } from './radius-sessions.queries.js';
import { SandboxLines } from '../simulated/sandbox-lines.js';
import { RadiusVault } from './radius-vault.js';
import { RetireSessions } from './retire-sessions.usecase.js';
import { SetNas } from './set-nas.usecase.js';
import { RetireSessionsSchedule, SweepSessionsSchedule, TendRadiusSchedule } from './tend-radius.schedule.js';
import { TendRadius } from './tend-radius.usecase.js';

/** NASes, sessions, log-ins and credentials, as other domains and the APIs use them. */
export const RADIUS = [
  RadiusVault,
  RadiusSessions,
  AuthAttempts,
  NasQueries,
  SetNas,
  RevealCredentials,
  RotateCredentials,
  TendRadius,
  RetireSessions,
  SandboxLines,
];
/** What they use themselves. */
export const RADIUS_INTERNALS = [NasRepository];
/** What a worker does for them. */
export const RADIUS_WORKERS = [SweepSessionsSchedule, TendRadiusSchedule, RetireSessionsSchedule];
