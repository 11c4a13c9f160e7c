import type { Call } from './api-calls.js';
import { soundDevice, unknownDay } from './outage-fixtures.js';

const reason = { reason: 'Called' };

/** How to call the operations of outages, maintenance and service levels, and those of the operations API. */
export const OUTAGE_CALLS: Readonly<Record<string, Call>> = {
  'GET /v1/outages': {},
  'POST /v1/outages': { body: () => ({ device_id: soundDevice(), title: 'Called' }) },
  'GET /v1/outages/:outage_id': { thing: 'outage' },
  'POST /v1/outages/:outage_id/correct': {
    thing: 'outage',
    body: () => ({ started_at: '2025-01-29T10:00:00Z', ...reason }),
  },
  'POST /v1/outages/:outage_id/cancel': { thing: 'outage', body: () => reason },
  'GET /v1/outages/:outage_id/services': { thing: 'outage' },
  'GET /v1/outages/:outage_id/corrections': { thing: 'outage' },
  'GET /v1/notices': {},
  'GET /v1/maintenance-windows': {},
  'POST /v1/maintenance-windows': {
    body: () => ({ device_id: 1, title: 'Called', starts_at: '2199-01-01T00:00:00Z', ends_at: '2199-01-01T02:00:00Z' }),
  },
  'GET /v1/maintenance-windows/:window_id': { thing: 'maintenance_window' },
  'PATCH /v1/maintenance-windows/:window_id': { thing: 'maintenance_window', body: () => ({ title: 'Called' }) },
  'POST /v1/maintenance-windows/:window_id/cancel': { thing: 'maintenance_window', body: () => reason },
  'GET /v1/services/:service_id/health': { thing: 'service' },
  'GET /v1/service-levels': {},
  'GET /v1/service-levels/:level_id': { thing: 'service_level' },
  'GET /v1/service-levels/:level_id/proof': { thing: 'service_level' },
  'GET /v1/service-level-terms': {},
  'POST /v1/service-level-terms': { body: () => ({ from: unknownDay(), credit_percent: 10 }) },
  'GET /operations/v1/customers': {},
  'GET /operations/v1/products': {},
  'GET /operations/v1/sla-metrics': {},
};
