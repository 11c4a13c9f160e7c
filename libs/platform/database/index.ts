export * from './database.js';
export * from './database.module.js';
export * from './errors.js';
export * from './migrate.js';
export * from './pool.js';
export * from './sorting.js';
export * from './statement.js';
export * from './unit-of-work.js';
