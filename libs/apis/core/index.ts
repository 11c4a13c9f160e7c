export { CoreApiModule } from './core-api.module.js';
export { coreErrorRenderer } from './core.errors.js';
