import { Module } from '@nestjs/common';
import { ServicesModule } from '@isp/domain/services';
import { WholesaleTrackingController } from './tracking.controller.js';

@Module({ imports: [ServicesModule], controllers: [WholesaleTrackingController] })
export class WholesaleTrackingModule {}
