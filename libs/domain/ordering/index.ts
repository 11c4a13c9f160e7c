export * from './lines/line-deltas.js';
export * from './lines/line.queries.js';
export type { LineNames, LineView } from './lines/line.view.js';
export * from './ordering.module.js';
export * from './orders/cancel-order.usecase.js';
export * from './orders/change-line.usecase.js';
export type { OrderView } from './orders/order.view.js';
export * from './orders/place-order.usecase.js';
export type { OrderFields } from './orders/refusals.js';
