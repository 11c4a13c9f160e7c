import { defineStates } from '@isp/kernel';
import type { OperationalStatus, ServiceStatus } from './service.entity.js';

/** The commercial life of a service; the only way its status changes. */
export const serviceStates = defineStates<ServiceStatus>({
  initial: 'pending_activation',
  transitions: {
    pending_activation: ['provisioning', 'terminated'],
    // What comes up while there is a cause to block it is suspended at once.
    provisioning: ['active', 'suspended', 'failed', 'pending_activation'],
    failed: ['provisioning', 'terminated'],
    active: ['suspended', 'terminated'],
    suspended: ['active', 'terminated'],
    terminated: [],
  },
});

/** What the network is doing right after a commercial move, until it reports better. */
export const OPERATIONAL_AFTER: Readonly<Record<ServiceStatus, OperationalStatus>> = {
  pending_activation: 'pending',
  provisioning: 'starting',
  active: 'running',
  failed: 'failed',
  suspended: 'stopped',
  terminated: 'stopped',
};
