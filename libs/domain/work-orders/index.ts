export * from './dispatch/appointment.queries.js';
export { APPOINTMENT_STATUSES, type AppointmentStatus, type AppointmentView } from './dispatch/appointment.view.js';
export * from './dispatch/book-appointment.usecase.js';
export * from './dispatch/change-technician.usecase.js';
export * from './dispatch/find-openings.usecase.js';
export type { Opening } from './dispatch/opening.policy.js';
export * from './dispatch/visit-terms.js';
export * from './work-orders/work-order-deltas.js';
export { AssignWorkOrder, type AssignWorkOrderInput } from './work-orders/assign-work-order.usecase.js';
export * from './work-orders/cancel-work-order.usecase.js';
export * from './work-orders/change-work-order.usecase.js';
export * from './work-orders/comment-work-order.usecase.js';
export * from './work-orders/complete-work-order.usecase.js';
export * from './work-orders/create-work-order.usecase.js';
export * from './work-orders/hold-work-order.usecase.js';
export * from './work-orders/schedule-work-order.usecase.js';
export * from './work-orders/start-work-order.usecase.js';
export * from './work-orders/work-order.queries.js';
export {
  WORK_ORDER_STATUSES,
  WORK_ORDER_TYPES,
  type WorkOrderStatus,
  type WorkOrderType,
} from './work-orders/work-order.states.js';
export type { WorkOrderCommentView, WorkOrderStepView, WorkOrderView } from './work-orders/work-order.view.js';
export * from './work-orders.module.js';
