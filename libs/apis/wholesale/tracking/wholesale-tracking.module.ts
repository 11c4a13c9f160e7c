import { Module } from '@nestjs/common';
import { OrderingModule } from '@isp/domain/ordering';
import { WorkOrdersModule } from '@isp/domain/work-orders';
import { WholesaleTrackingController } from './tracking.controller.js';

@Module({ imports: [OrderingModule, WorkOrdersModule], controllers: [WholesaleTrackingController] })
export class WholesaleTrackingModule {}
