import { Module } from '@nestjs/common';
import { AddressPool } from './addresses/address-pool.js';
import { ConvergeSubscriberHandler } from './convergence/converge-subscriber.job.js';
import { ConvergeSubscriber } from './convergence/converge-subscriber.usecase.js';
import { SUBSCRIBER_DRIVERS } from './drivers/device-driver.port.js';
import { DeviceSlots } from './drivers/device-slots.js';
import { RouterControl } from './drivers/router-control.js';
import { SimulatedRouter } from './drivers/simulated-router.adapter.js';
import { DefineRouter } from './routers/define-router.usecase.js';
import { RouterQueries } from './routers/router.queries.js';
import { ChangeSubscriber } from './subscribers/change-subscriber.usecase.js';
import { PrepareSubscriber } from './subscribers/prepare-subscriber.usecase.js';
import { NO_SESSION_CLOSER, SESSION_CLOSER } from './subscribers/session-closer.port.js';
import { SubscriberSteps } from './subscribers/subscriber-steps.js';
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
    DeviceSlots,
    SubscriberSteps,
    { provide: SESSION_CLOSER, useValue: NO_SESSION_CLOSER },
  ],
  exports: [
    PrepareSubscriber,
    ChangeSubscriber,
    RouterControl,
    AddressPool,
    RouterQueries,
    DefineRouter,
    DeviceSlots,
    SubscriberSteps,
    SESSION_CLOSER,
  ],
})
export class NetworkModule {}

@Module({ imports: [NetworkModule], providers: [ConvergeSubscriber, ConvergeSubscriberHandler] })
export class NetworkWorkerModule {}
