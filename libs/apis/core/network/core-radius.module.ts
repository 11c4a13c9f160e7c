import { Module } from '@nestjs/common';
import { NetworkModule } from '@isp/domain/network';
import { DriftController } from './drift.controller.js';
import { NasController } from './nas.controller.js';
import { SessionsController } from './sessions.controller.js';

@Module({ imports: [NetworkModule], controllers: [NasController, SessionsController, DriftController] })
export class CoreRadiusModule {}
