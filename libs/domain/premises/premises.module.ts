import { Module } from '@nestjs/common';
import { AreaStore } from './areas/area-store.js';
import { AreaQueries } from './areas/area.queries.js';
import { ManageAreas } from './areas/manage-areas.usecase.js';
import { ImportBatch } from './imports/import-batch.js';
import { ImportFile } from './imports/import-file.usecase.js';
import { ImportStore } from './imports/import-store.js';
import { ImportQueries } from './imports/import.queries.js';
import { ReceiveImport } from './imports/receive-import.usecase.js';
import { RunImport } from './imports/run-import.usecase.js';
import { LocatePremisesJob, RunImportJob } from './premises.jobs.js';
import { Delivery } from './register/delivery.js';
import { LocatePremises } from './register/locate-premises.usecase.js';
import { PremiseOccupancy } from './register/premise-occupancy.usecase.js';
import { ManagePremises } from './register/manage-premises.usecase.js';
import { PremiseQueries } from './register/premise.queries.js';
import { PremiseSearch } from './search/premise-search.queries.js';

const DOOR = [
  AreaQueries,
  ManageAreas,
  ManagePremises,
  PremiseQueries,
  PremiseSearch,
  PremiseOccupancy,
  ImportQueries,
  ReceiveImport,
];
const WORK = [RunImport, ImportFile, LocatePremises];
const INTERNALS = [AreaStore, Delivery, ImportStore, ImportBatch];

/** Where lines can be sold: areas, addresses, and who is on which premise. */
@Module({ providers: [...DOOR, ...WORK, ...INTERNALS], exports: [...DOOR, ...WORK] })
export class PremisesModule {}

@Module({ imports: [PremisesModule], providers: [RunImportJob, LocatePremisesJob] })
export class PremisesWorkerModule {}
