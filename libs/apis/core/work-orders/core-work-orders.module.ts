import { Module } from '@nestjs/common';
import { OrderingModule } from '@isp/domain/ordering';
import { WorkOrdersModule } from '@isp/domain/work-orders';
import { WorkOrderStatesController } from './work-order-states.controller.js';
import { WorkOrdersController } from './work-orders.controller.js';

@Module({ imports: [OrderingModule, WorkOrdersModule], controllers: [WorkOrdersController, WorkOrderStatesController] })
export class CoreWorkOrdersModule {}
