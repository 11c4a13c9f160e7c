import { Global, Module, type DynamicModule } from '@nestjs/common';
import { type Clock, systemClock } from '@isp/kernel';
import type { Config } from './config.js';

/** Injection tokens for the configuration and the clock. */
export const CONFIG = Symbol('Config');
export const CLOCK = Symbol('Clock');

@Global()
@Module({})
export class ConfigModule {
  static with(config: Config, clock: Clock = systemClock): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: CLOCK, useValue: clock },
      ],
      exports: [CONFIG, CLOCK],
    };
  }
}
