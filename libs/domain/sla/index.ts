export * from './metrics/sla-desk.queries.js';
export * from './metrics/sla-metrics.queries.js';
export * from './sla.module.js';
export * from './sweeps/check-breaches.usecase.js';
