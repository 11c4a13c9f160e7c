export { WholesaleApiModule } from './wholesale-api.module.js';
export { wholesaleErrorRenderer } from './wholesale.errors.js';
