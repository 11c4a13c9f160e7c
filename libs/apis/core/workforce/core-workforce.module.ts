import { Module } from '@nestjs/common';
import { WorkOrdersModule } from '@isp/domain/work-orders';
import { WorkforceModule } from '@isp/domain/workforce';
import { DispatchController } from './dispatch.controller.js';
import { ShiftsController } from './shifts.controller.js';
import { TechniciansController } from './technicians.controller.js';

@Module({
  imports: [WorkforceModule, WorkOrdersModule],
  controllers: [TechniciansController, ShiftsController, DispatchController],
})
export class CoreWorkforceModule {}
