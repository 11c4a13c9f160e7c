import type { WorkOrderStatus, WorkOrderType, WorkOrderView } from '@isp/domain/work-orders';
import { upperUuid } from '@isp/kernel';
import { toOrderFlowTime } from '../dates.js';

interface Words {
  readonly id: string;
  readonly status: string;
  /** What the customer is told. */
  readonly client: string;
}

const WORDS: Readonly<Record<WorkOrderStatus, Words>> = {
  new: { id: '34A8DC44-7B32-40FF-8F95-FA415BB8D82A', status: 'New Order', client: 'Order in progress' },
  scheduled: { id: '5B0F0D52-9B0C-4C0E-9F0B-2E6E0C5B7A11', status: 'Scheduled', client: 'Installation scheduled' },
  assigned: { id: '7D1C2E64-3F5A-4B7E-8A1D-4F8B1E6C9B22', status: 'Assigned', client: 'Order in progress' },
  in_progress: {
    id: '9E2D4F76-5A6B-4C8F-9B2E-6A9C2F7D0C33',
    status: 'In Progress',
    client: 'Installation in progress',
  },
  on_hold: { id: 'A13E6087-7B7C-4D90-8C3F-8BAD308E1D44', status: 'On Hold', client: 'Order on hold' },
  completed: { id: 'C24F7198-9C8D-4EA1-9D40-ACBE419F2E55', status: 'Completed', client: 'Order completed' },
  cancelled: { id: 'E35082A9-BD9E-4FB2-8E51-CDCF52A03F66', status: 'Cancelled', client: 'Order cancelled' },
};
const TYPES: Readonly<Record<WorkOrderType, { readonly id: number; readonly name: string }>> = {
  installation: { id: 1, name: 'Installation' },
  repair: { id: 2, name: 'Repair' },
  relocation: { id: 3, name: 'Relocation' },
  removal: { id: 4, name: 'Removal' },
  survey: { id: 5, name: 'Survey' },
};

export const WORK_ORDER_STATUS_WORDS = Object.values(WORDS).map(({ status }) => status);

/** What to look for when a status is asked for by its word. */
export function statusOf(word: string | undefined): WorkOrderStatus | undefined {
  const [status] = Object.entries(WORDS).find(([, words]) => words.status === word) ?? [];
  return status as WorkOrderStatus | undefined;
}

/** What kind of work it is and how far it is, in words. */
export function presentWorkOrderState({ type, status }: { type: WorkOrderType; status: WorkOrderStatus }) {
  return { type: TYPES[type].name, status: WORDS[status].status, client_status: WORDS[status].client };
}

/** The work order of the order flow, fields in the order of its document. */
export function presentWorkOrder(order: WorkOrderView, timeZone: string) {
  const time = (instant: Date | null): string | null => instant && toOrderFlowTime(instant, timeZone);
  const guid = (text: string | null): string | null => text && upperUuid(text);
  const { id: statusId, status, client } = WORDS[order.status];
  const { id: typeId, name: type } = TYPES[order.type];
  const scheduled = time(order.scheduledAt);
  const serviceId = upperUuid(order.serviceGuid);
  return {
    guid: upperUuid(order.guid),
    id: upperUuid(order.guid),
    type_id: typeId,
    account_id: serviceId,
    reference: order.reference,
    on_hold: order.status === 'on_hold',
    completed_date: time(order.completedAt),
    close_date: time(order.completedAt ?? order.cancelledAt),
    schedule_date: scheduled && scheduled.slice(0, 10),
    schedule_time: scheduled && scheduled.slice(11, 16),
    scheduled_date_time: scheduled,
    external_reference: order.externalReference,
    device_specified: order.deviceSerialNumber !== null,
    category: order.category,
    updated_at: time(order.updatedAt),
    last_update_date: time(order.updatedAt),
    created_at: time(order.createdAt),
    start_date: time(order.startedAt ?? order.createdAt),
    status_id: statusId,
    // Who has it now: a person, else a crew.
    assigned_id: guid(order.assignedUserGuid ?? order.installerGuid),
    assigned_user_id: guid(order.assignedUserGuid),
    installer_id: guid(order.installerGuid),
    created_by_id: guid(order.createdByGuid),
    disable_auto_wo_creation: false,
    summary: order.summary,
    description: order.description,
    status,
    type,
    service_id: serviceId,
    installer: order.installer,
    last_comment: order.lastComment,
    assigned: order.assignedUser ?? order.installer,
    assigned_user: order.assignedUser,
    created_by: order.createdBy,
    client_status: client,
  };
}
