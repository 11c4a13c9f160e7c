export { OperationsApiModule } from './operations-api.module.js';
export { operationsErrorRenderer } from './operations.errors.js';
