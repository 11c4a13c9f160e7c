import { Module } from '@nestjs/common';
import { OutagesModule } from '@isp/domain/outages';
import { LevelsController } from './levels.controller.js';
import { MaintenanceController } from './maintenance.controller.js';
import { OutagesController } from './outages.controller.js';

@Module({ imports: [OutagesModule], controllers: [OutagesController, MaintenanceController, LevelsController] })
export class CoreOutagesModule {}
