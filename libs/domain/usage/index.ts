export * from './bandwidth/bandwidth.queries.js';
export { SampleBandwidth } from './bandwidth/sample-bandwidth.usecase.js';
export * from './figures/usage-report.queries.js';
export * from './figures/usage.queries.js';
export { EnforceLimits } from './limits/enforce-limits.usecase.js';
export * from './limits/restore-usage.usecase.js';
export * from './limits/throttle-for-payment.js';
export * from './limits/throttling.queries.js';
export * from './usage.module.js';
