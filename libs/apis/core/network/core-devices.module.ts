import { Module } from '@nestjs/common';
import { NetworkModule } from '@isp/domain/network';
import { AlarmsController } from './alarms.controller.js';
import { DeviceStatusController } from './device-status.controller.js';
import { DevicesController } from './devices.controller.js';
import { DeviceModelsController } from './models.controller.js';
import { NodesController } from './nodes.controller.js';

@Module({
  imports: [NetworkModule],
  controllers: [NodesController, DeviceModelsController, DevicesController, DeviceStatusController, AlarmsController],
})
export class CoreDevicesModule {}
