export { checkDestination } from './destination.js';
export type { EgressPolicy, ResolvedAddress, Resolver } from './destination.js';
export { sendGuarded } from './egress.js';
export type { GuardedReply, GuardedRequest } from './egress.js';
