import { Injectable } from '@nestjs/common';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { RotateSigningKeys } from './rotate-signing-keys.usecase.js';

@Injectable()
@RunsOnSchedule({ name: 'access.rotate-signing-keys', everySeconds: 86_400 })
export class RotateSigningKeysSchedule implements Scheduled {
  constructor(private readonly rotate: RotateSigningKeys) {}

  async run(): Promise<void> {
    await this.rotate.execute();
  }
}
