import type { SuspensionCause } from '../services/service.entity.js';

/** The set with one more cause, in a fixed order. */
export function withCause(causes: readonly SuspensionCause[], cause: SuspensionCause): SuspensionCause[] {
  return [...new Set([...causes, cause])].sort();
}

/** The set without a cause. */
export function withoutCause(causes: readonly SuspensionCause[], cause: SuspensionCause): SuspensionCause[] {
  return causes.filter((one) => one !== cause);
}
