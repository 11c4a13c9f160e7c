import { Module } from '@nestjs/common';
import { PremisesModule } from '@isp/domain/premises';
import { AreasController } from './areas.controller.js';
import { PremiseImportsController } from './imports.controller.js';
import { PremisesController } from './premises.controller.js';

@Module({
  imports: [PremisesModule],
  controllers: [AreasController, PremisesController, PremiseImportsController],
})
export class CorePremisesModule {}
