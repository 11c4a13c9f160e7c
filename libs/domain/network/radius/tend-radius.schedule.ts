import { Injectable } from '@nestjs/common';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { RetireSessions } from './retire-sessions.usecase.js';
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

  run(): Promise<void> {
    return this.radius.seal();
  }
}

@Injectable()
@RunsOnSchedule({ name: 'network.retire-sessions', everySeconds: 3_600 })
export class RetireSessionsSchedule implements Scheduled {
  constructor(private readonly sessions: RetireSessions) {}

  run(): Promise<void> {
    return this.sessions.execute();
  }
}
