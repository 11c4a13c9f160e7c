import { Module } from '@nestjs/common';
import { WorkOrdersModule } from '@isp/domain/work-orders';
import { WorkOrderStatesController } from './work-order-states.controller.js';
import { WorkOrdersController } from './work-orders.controller.js';

@Module({ imports: [WorkOrdersModule], controllers: [WorkOrdersController, WorkOrderStatesController] })
export class CoreWorkOrdersModule {}
