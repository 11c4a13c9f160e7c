export * from './actor.js';
export * from './events.js';
export * from './jobs.js';
export * from './permissions.js';
export * from './queues.js';
