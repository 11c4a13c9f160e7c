export { WholesaleEventsModule } from './events/wholesale-events.module.js';
export { WholesaleApiModule } from './wholesale-api.module.js';
export { wholesaleErrorRenderer } from './wholesale.errors.js';
