import { Module } from '@nestjs/common';
import { AnchorHeadsSchedule } from './trail/anchor-heads.schedule.js';
import { AnchorHeads } from './trail/anchor-heads.usecase.js';

@Module({ providers: [AnchorHeads, AnchorHeadsSchedule] })
export class AuditWorkerModule {}
