import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { Answers } from './answers.js';
import { ErrorFilter } from './error.filter.js';
import { ERROR_RENDERERS, type ErrorRenderer } from './error-renderer.js';
import { EventStreams } from './event-stream.js';
import { Lifecycle } from './health/lifecycle.js';
import { RouteDeclarations } from './route-declarations.js';
import { RouteTable } from './route-table.js';

/** What every API stands on: the guard, the answers, the errors. */
@Global()
@Module({})
export class SharedApiModule {
  /** `ports` provides AUTHENTICATOR and REQUEST_LIMITER; `renderers` one per mount, the first for all other paths. */
  static with(renderers: readonly ErrorRenderer[], ports: readonly Provider[]): DynamicModule {
    return {
      module: SharedApiModule,
      imports: [DiscoveryModule],
      providers: [
        RouteTable,
        RouteDeclarations,
        Lifecycle,
        Answers,
        ...ports,
        { provide: ERROR_RENDERERS, useValue: renderers },
        ErrorFilter,
        EventStreams,
        { provide: APP_FILTER, useExisting: ErrorFilter },
        { provide: APP_GUARD, useClass: AccessGuard },
      ],
      exports: [RouteTable, RouteDeclarations, Lifecycle, ErrorFilter, EventStreams],
    };
  }
}
