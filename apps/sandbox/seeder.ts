import { type Actor, PERMISSIONS, systemActor } from '@isp/contracts';

/** The sandbox fills itself with the powers of its administrator. */
export const SEEDER: Actor = { ...systemActor('sandbox'), permissions: new Set(PERMISSIONS) };

/** One page that holds everything there is in a sandbox. */
export const ALL = { limit: 1_000, offset: 0 };

/** A sandbox's passwords are no secrets: anybody can tell them from the log-in. */
export const passwordOf = (login: string): string => `${login}-sandbox-password`;
