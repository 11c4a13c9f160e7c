import { Injectable } from '@nestjs/common';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { SampleBandwidth } from './bandwidth/sample-bandwidth.usecase.js';
import { EnforceLimits } from './limits/enforce-limits.usecase.js';

@Injectable()
@RunsOnSchedule({ name: 'usage.sample-bandwidth', everySeconds: 60 })
export class SampleBandwidthSchedule implements Scheduled {
  constructor(private readonly samples: SampleBandwidth) {}

  async run(): Promise<void> {
    await this.samples.execute();
  }
}

@Injectable()
@RunsOnSchedule({ name: 'usage.enforce-limits', everySeconds: 60 })
export class EnforceLimitsSchedule implements Scheduled {
  constructor(private readonly limits: EnforceLimits) {}

  async run(): Promise<void> {
    await this.limits.execute();
  }
}

@Injectable()
@RunsOnSchedule({ name: 'usage.forget-samples', everySeconds: 3_600 })
export class ForgetSamplesSchedule implements Scheduled {
  constructor(private readonly samples: SampleBandwidth) {}

  run(): Promise<void> {
    return this.samples.forget();
  }
}
