import { defineStates } from '@isp/kernel';
import type { CustomerStatus } from './customer.entity.js';

/** The commercial life of a customer. Terminated is final: whoever comes back is a new customer. */
export const customerStates = defineStates<CustomerStatus>({
  initial: 'trial',
  transitions: {
    trial: ['active', 'suspended', 'terminated'],
    active: ['suspended', 'terminated'],
    suspended: ['active', 'terminated'],
    terminated: [],
  },
});
