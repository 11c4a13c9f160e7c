import { Module } from '@nestjs/common';
import { NetworkModule } from '@isp/domain/network';
import { ProvisioningModule } from '@isp/domain/provisioning';
import { ServicesModule } from '@isp/domain/services';
import { WorkforceModule } from '@isp/domain/workforce';
import { ChangeFeedModule } from '@isp/platform/change-feed';
import { AppointmentBook } from './dispatch/appointment-book.js';
import { AppointmentQueries } from './dispatch/appointment.queries.js';
import { AssignAutomaticallyListener } from './dispatch/assign-automatically.listener.js';
import { BookAppointment } from './dispatch/book-appointment.usecase.js';
import { ChangeTechnician } from './dispatch/change-technician.usecase.js';
import { Chooser } from './dispatch/chooser.js';
import { FindOpenings } from './dispatch/find-openings.usecase.js';
import { Planner } from './dispatch/planner.js';
import { VisitTerms } from './dispatch/visit-terms.js';
import { AssignWorkOrder } from './work-orders/assign-work-order.usecase.js';
import { CancelWithServiceListener } from './work-orders/cancel-with-service.listener.js';
import { CancelWorkOrder } from './work-orders/cancel-work-order.usecase.js';
import { ChangeWorkOrder } from './work-orders/change-work-order.usecase.js';
import { CommentWorkOrder } from './work-orders/comment-work-order.usecase.js';
import { CompleteWorkOrder } from './work-orders/complete-work-order.usecase.js';
import { CreateWorkOrder } from './work-orders/create-work-order.usecase.js';
import { HoldWorkOrder, ResumeWorkOrder } from './work-orders/hold-work-order.usecase.js';
import { ScheduleWorkOrder } from './work-orders/schedule-work-order.usecase.js';
import { StartWorkOrder } from './work-orders/start-work-order.usecase.js';
import { WorkOrderBook } from './work-orders/work-order-book.js';
import { WorkOrderDeltas } from './work-orders/work-order-deltas.js';
import { WorkOrderQueries } from './work-orders/work-order.queries.js';
import { WorkOrderRepository } from './work-orders/work-order.repository.js';

const DOOR = [
  AppointmentQueries,
  BookAppointment,
  ChangeTechnician,
  FindOpenings,
  VisitTerms,
  CreateWorkOrder,
  ChangeWorkOrder,
  ScheduleWorkOrder,
  AssignWorkOrder,
  StartWorkOrder,
  CommentWorkOrder,
  HoldWorkOrder,
  ResumeWorkOrder,
  CompleteWorkOrder,
  CancelWorkOrder,
  WorkOrderQueries,
  WorkOrderDeltas,
];

/** What people in the field are to do for services. */
@Module({
  imports: [ChangeFeedModule, NetworkModule, ProvisioningModule, ServicesModule, WorkforceModule],
  providers: [...DOOR, AppointmentBook, Chooser, Planner, WorkOrderBook, WorkOrderRepository],
  exports: DOOR,
})
export class WorkOrdersModule {}

@Module({ imports: [WorkOrdersModule], providers: [AssignAutomaticallyListener, CancelWithServiceListener] })
export class WorkOrdersWorkerModule {}
