import { Module } from '@nestjs/common';
import { AreaQueries } from './areas/area.queries.js';
import { PremiseOccupancy } from './register/premise-occupancy.usecase.js';
import { PremiseQueries } from './register/premise.queries.js';

const DOOR = [AreaQueries, PremiseQueries, PremiseOccupancy];

/** Where lines can be sold: areas, addresses, and who is on which premise. */
@Module({ providers: DOOR, exports: DOOR })
export class PremisesModule {}
