import { Module } from '@nestjs/common';
import { DunningModule } from '@isp/domain/dunning';
import { DunningCasesController } from './dunning-cases.controller.js';
import { DunningPoliciesController } from './dunning-policies.controller.js';

@Module({ imports: [DunningModule], controllers: [DunningPoliciesController, DunningCasesController] })
export class CoreDunningModule {}
