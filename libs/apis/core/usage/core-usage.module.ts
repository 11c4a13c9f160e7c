import { Module } from '@nestjs/common';
import { UsageModule } from '@isp/domain/usage';
import { UsageController } from './usage.controller.js';

@Module({ imports: [UsageModule], controllers: [UsageController] })
export class CoreUsageModule {}
