export {
  EVENT_TYPES,
  isSubscribable,
  type EventTypeView,
} from './catalogue/event-catalogue.js';
export * from './deliveries/delivery.queries.js';
export { deliveryStates, type DeliveryStatus } from './deliveries/delivery.states.js';
export * from './deliveries/delivery.view.js';
export * from './deliveries/redeliver.usecase.js';
export * from './deliveries/replay-range.usecase.js';
export * from './deliveries/send-test.usecase.js';
export * from './endpoints/create-endpoint.usecase.js';
export * from './endpoints/delete-endpoint.usecase.js';
export * from './endpoints/endpoint.queries.js';
export type { DisabledReason, EndpointStatus, EndpointView, EndpointWithSecret } from './endpoints/endpoint.view.js';
export * from './endpoints/rotate-secret.usecase.js';
export * from './endpoints/update-endpoint.usecase.js';
export * from './webhooks.module.js';
export * from './webhooks.worker.module.js';
