import { Injectable } from '@nestjs/common';
import type { JobPayload } from '@isp/contracts';
import type { Transaction } from '@isp/platform/database';
import { type HandlesJob, HandlesJobs, type WorkRun } from '@isp/platform/work';
import { RunImport } from './imports/run-import.usecase.js';
import { LocatePremises } from './register/locate-premises.usecase.js';

const IMPORT = 'premises.import';
const LOCATE = 'premises.locate';

@Injectable()
@HandlesJobs({ job: IMPORT })
export class RunImportJob implements HandlesJob<typeof IMPORT> {
  constructor(private readonly runImport: RunImport) {}

  async handle({ import_id: id }: JobPayload<typeof IMPORT>, run: WorkRun): Promise<void> {
    await this.runImport.execute(id, { fence: () => run.advance(), signal: run.signal });
  }

  async onDead({ import_id: id }: JobPayload<typeof IMPORT>, reason: string, _tx: Transaction): Promise<void> {
    await this.runImport.giveUp(id, reason);
  }
}

@Injectable()
@HandlesJobs({ job: LOCATE })
export class LocatePremisesJob implements HandlesJob<typeof LOCATE> {
  constructor(private readonly locate: LocatePremises) {}

  async handle({ area_id: areaId }: JobPayload<typeof LOCATE>, run: WorkRun): Promise<void> {
    await this.locate.execute(areaId, () => run.fence());
  }
}
