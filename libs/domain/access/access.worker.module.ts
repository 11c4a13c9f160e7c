import { Module } from '@nestjs/common';
import { AccessModule } from './access.module.js';
import { PurgeSessionsSchedule } from './sessions/purge-sessions.schedule.js';
import { RotateSigningKeysSchedule } from './tokens/rotate-signing-keys.schedule.js';

@Module({ imports: [AccessModule], providers: [PurgeSessionsSchedule, RotateSigningKeysSchedule] })
export class AccessWorkerModule {}
