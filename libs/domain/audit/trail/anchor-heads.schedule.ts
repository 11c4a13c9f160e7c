import { Injectable } from '@nestjs/common';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { AnchorHeads } from './anchor-heads.usecase.js';

@Injectable()
@RunsOnSchedule({ name: 'audit.anchor-heads', everySeconds: 300 })
export class AnchorHeadsSchedule implements Scheduled {
  constructor(private readonly anchorHeads: AnchorHeads) {}

  run(): Promise<void> {
    return this.anchorHeads.execute();
  }
}
