import { Injectable } from '@nestjs/common';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { TendRadius } from './tend-radius.usecase.js';

@Injectable()
@RunsOnSchedule({ name: 'network.sweep-sessions', everySeconds: 60 })
export class SweepSessionsSchedule implements Scheduled {
  constructor(private readonly radius: TendRadius) {}

  run(): Promise<void> {
    return this.radius.sweep();
  }
}

@Injectable()
@RunsOnSchedule({ name: 'network.tend-radius', everySeconds: 900 })
export class TendRadiusSchedule implements Scheduled {
  constructor(private readonly radius: TendRadius) {}

  async run(): Promise<void> {
    await this.radius.seal();
    await this.radius.forget();
  }
}
