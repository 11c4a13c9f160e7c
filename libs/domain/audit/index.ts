export * from './audit.module.js';
export * from './audit.worker.module.js';
export * from './trail/audit.queries.js';
export * from './trail/audit.view.js';
export * from './trail/audit-trail.js';
