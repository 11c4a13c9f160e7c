export * from './rate-limit/index.js';
export * from './quota.module.js';
