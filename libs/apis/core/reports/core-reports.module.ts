import { Module } from '@nestjs/common';
import { BillingModule } from '@isp/domain/billing';
import { ReportingModule } from '@isp/domain/reporting';
import { ReportsController } from './reports.controller.js';

@Module({ imports: [BillingModule, ReportingModule], controllers: [ReportsController] })
export class CoreReportsModule {}
