import { defineStates } from '@isp/kernel';

export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'cancelled';

/** Every end can be left again: redelivery and replay make a delivery pending once more, under the same event id. */
export const deliveryStates = defineStates<DeliveryStatus>({
  initial: 'pending',
  transitions: {
    pending: ['delivered', 'failed', 'cancelled'],
    delivered: ['pending'],
    failed: ['pending'],
    cancelled: ['pending'],
  },
});
