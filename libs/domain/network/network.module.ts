import { Module } from '@nestjs/common';
import { AddressPool } from './addresses/address-pool.js';
import { ConvergeSubscriberHandler } from './convergence/converge-subscriber.job.js';
import { ConvergeSubscriber } from './convergence/converge-subscriber.usecase.js';
import { SESSION_DRIVERS, SUBSCRIBER_DRIVERS } from './drivers/device-driver.port.js';
import { RadiusCoa } from './drivers/radius-coa.adapter.js';
import { RouterControl } from './drivers/router-control.js';
import { SessionControl } from './drivers/session-control.js';
import { SimulatedRouter } from './drivers/simulated-router.adapter.js';
import { DefineRouter } from './routers/define-router.usecase.js';
import { RouterQueries } from './routers/router.queries.js';
import { ChangeSubscriber } from './subscribers/change-subscriber.usecase.js';
import { PrepareSubscriber } from './subscribers/prepare-subscriber.usecase.js';
import { SubscriberRepository } from './subscribers/subscriber.repository.js';

@Module({
  providers: [
    AddressPool,
    RouterQueries,
    DefineRouter,
    SubscriberRepository,
    PrepareSubscriber,
    ChangeSubscriber,
    SimulatedRouter,
    { provide: SUBSCRIBER_DRIVERS, useFactory: (simulated: SimulatedRouter) => [simulated], inject: [SimulatedRouter] },
    RouterControl,
    RadiusCoa,
    { provide: SESSION_DRIVERS, useFactory: (coa: RadiusCoa) => [coa], inject: [RadiusCoa] },
    SessionControl,
  ],
  exports: [
    PrepareSubscriber,
    ChangeSubscriber,
    RouterControl,
    SessionControl,
    AddressPool,
    RouterQueries,
    DefineRouter,
  ],
})
export class NetworkModule {}

@Module({ imports: [NetworkModule], providers: [ConvergeSubscriber, ConvergeSubscriberHandler] })
export class NetworkWorkerModule {}
