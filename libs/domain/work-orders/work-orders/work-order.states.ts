import { defineStates } from '@isp/kernel';

export const WORK_ORDER_STATUSES = [
  'new',
  'scheduled',
  'assigned',
  'in_progress',
  'on_hold',
  'completed',
  'cancelled',
] as const;
export type WorkOrderStatus = (typeof WORK_ORDER_STATUSES)[number];
/** Where a held order can go on. */
export type OpenStatus = Exclude<WorkOrderStatus, 'on_hold' | 'completed' | 'cancelled'>;

export const WORK_ORDER_TYPES = ['installation', 'repair', 'relocation', 'removal', 'survey'] as const;
export type WorkOrderType = (typeof WORK_ORDER_TYPES)[number];

/** The life of a work order; the only way its status changes. A held one goes on before it can be completed. */
export const workOrderStates = defineStates<WorkOrderStatus>({
  initial: 'new',
  transitions: {
    new: ['scheduled', 'assigned', 'in_progress', 'on_hold', 'completed', 'cancelled'],
    scheduled: ['assigned', 'in_progress', 'on_hold', 'completed', 'cancelled'],
    // Back to new when its appointment is cancelled.
    assigned: ['new', 'in_progress', 'on_hold', 'completed', 'cancelled'],
    in_progress: ['on_hold', 'completed', 'cancelled'],
    on_hold: ['new', 'scheduled', 'assigned', 'in_progress', 'cancelled'],
    completed: [],
    cancelled: [],
  },
});
