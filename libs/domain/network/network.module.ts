import { Module } from '@nestjs/common';
import { AddressPool } from './addresses/address-pool.js';
import { DEVICE_DRIVERS } from './drivers/device-driver.port.js';
import { RouterControl } from './drivers/router-control.js';
import { SimulatedRouter } from './drivers/simulated.adapter.js';
import { DefineRouter } from './routers/define-router.usecase.js';
import { RouterQueries } from './routers/router.queries.js';
import { PrepareSubscriber } from './subscribers/prepare-subscriber.usecase.js';
import { SubscriberRepository } from './subscribers/subscriber.repository.js';

@Module({
  providers: [
    AddressPool,
    RouterQueries,
    DefineRouter,
    SubscriberRepository,
    PrepareSubscriber,
    SimulatedRouter,
    { provide: DEVICE_DRIVERS, useFactory: (simulated: SimulatedRouter) => [simulated], inject: [SimulatedRouter] },
    RouterControl,
  ],
  exports: [PrepareSubscriber, RouterControl, AddressPool, RouterQueries, DefineRouter],
})
export class NetworkModule {}
