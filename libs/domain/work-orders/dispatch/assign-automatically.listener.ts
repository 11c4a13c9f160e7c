import { Injectable } from '@nestjs/common';
import { ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import { BookAppointment } from './book-appointment.usecase.js';

const EVENT = 'work_orders.work_order.created.v1';

/** Work orders whose terms want it have their appointment before anybody looks at them. */
@Injectable()
@ListensTo({ name: 'work-orders.assign-automatically', events: [EVENT] })
export class AssignAutomaticallyListener implements ListensToEvents<typeof EVENT> {
  constructor(private readonly appointments: BookAppointment) {}

  async on({ payload }: PublishedEvent<typeof EVENT>): Promise<void> {
    await this.appointments.automatically(payload.work_order_id);
  }
}
