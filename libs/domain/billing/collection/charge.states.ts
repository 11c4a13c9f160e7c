import { defineStates } from '@isp/kernel';

export const CHARGE_STATUSES = ['processing', 'requires_action', 'unknown', 'succeeded', 'failed'] as const;
export type ChargeStatus = (typeof CHARGE_STATUSES)[number];

/** Money that came after all is booked, whatever was said before; nothing else leaves an outcome. */
export const chargeStates = defineStates<ChargeStatus>({
  initial: 'processing',
  transitions: {
    processing: ['requires_action', 'unknown', 'succeeded', 'failed'],
    requires_action: ['processing', 'unknown', 'succeeded', 'failed'],
    unknown: ['processing', 'requires_action', 'succeeded', 'failed'],
    failed: ['succeeded'],
    succeeded: [],
  },
});
