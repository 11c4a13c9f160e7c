import { Module } from '@nestjs/common';
import { CatalogModule } from '@isp/domain/catalog';
import { ConvergeSubscriberHandler } from './convergence/converge-subscriber.job.js';
import { ConvergeSubscriber } from './convergence/converge-subscriber.usecase.js';
import { SESSION_DRIVERS, SUBSCRIBER_DRIVERS } from './drivers/device-driver.port.js';
import { RadiusCoa } from './drivers/radius-coa.adapter.js';
import { DeviceSlots } from './drivers/device-slots.js';
import { RouterControl } from './drivers/router-control.js';
import { SessionControl } from './drivers/session-control.js';
import { SimulatedRouter } from './drivers/simulated-router.adapter.js';
import { AddressPool } from './ipam/address-pool.js';
import { AddressQueries } from './ipam/address.queries.js';
import { PoolRegister } from './ipam/pool-register.js';
import { PoolQueries } from './ipam/pool.queries.js';
import { PrefixRegister } from './ipam/prefix-register.js';
import { PrefixQueries } from './ipam/prefix.queries.js';
import { Reservations } from './ipam/reservations.js';
import { UnitPool } from './ipam/unit-pool.js';
import { VlanPool } from './ipam/vlan-pool.js';
import { VlanRanges } from './ipam/vlan-ranges.js';
import { VrfRegister } from './ipam/vrf-register.js';
import { RevealCredentials, RotateCredentials } from './radius/credentials.usecase.js';
import { NasQueries } from './radius/nas.queries.js';
import { NasRepository } from './radius/nas.repository.js';
import { AuthAttempts, RadiusSessions } from './radius/radius-sessions.queries.js';
import { RadiusVault } from './radius/radius-vault.js';
import { SetNas } from './radius/set-nas.usecase.js';
import { SweepSessionsSchedule, TendRadiusSchedule } from './radius/tend-radius.schedule.js';
import { TendRadius } from './radius/tend-radius.usecase.js';
import { DefineRouter } from './routers/define-router.usecase.js';
import { RouterQueries } from './routers/router.queries.js';
import { ChangeSubscriber } from './subscribers/change-subscriber.usecase.js';
import { PrepareSubscriber } from './subscribers/prepare-subscriber.usecase.js';
import { NO_SESSION_CLOSER, SESSION_CLOSER } from './subscribers/session-closer.port.js';
import { SubscriberPlace } from './subscribers/subscriber-place.js';
import { SubscriberSteps } from './subscribers/subscriber-steps.js';
import { SubscriberRepository } from './subscribers/subscriber.repository.js';

const IPAM = [
  AddressPool,
  AddressQueries,
  PoolQueries,
  PoolRegister,
  PrefixQueries,
  PrefixRegister,
  Reservations,
  VlanRanges,
  VrfRegister,
];
const RADIUS = [RadiusVault, RadiusSessions, AuthAttempts, NasQueries, SetNas, RevealCredentials, RotateCredentials];

const DRIVERS = [
  SimulatedRouter,
  { provide: SUBSCRIBER_DRIVERS, useFactory: (simulated: SimulatedRouter) => [simulated], inject: [SimulatedRouter] },
  RadiusCoa,
  { provide: SESSION_DRIVERS, useFactory: (coa: RadiusCoa) => [coa], inject: [RadiusCoa] },
];
const USED_BY_OTHERS = [
  ...IPAM,
  ...RADIUS,
  DefineRouter,
  RouterQueries,
  PrepareSubscriber,
  ChangeSubscriber,
  SubscriberSteps,
  RouterControl,
  SessionControl,
  DeviceSlots,
  { provide: SESSION_CLOSER, useValue: NO_SESSION_CLOSER },
];

@Module({
  imports: [CatalogModule],
  providers: [...USED_BY_OTHERS, ...DRIVERS, SubscriberPlace, UnitPool, VlanPool, NasRepository, SubscriberRepository],
  exports: USED_BY_OTHERS,
})
export class NetworkModule {}

@Module({
  imports: [NetworkModule],
  providers: [ConvergeSubscriber, ConvergeSubscriberHandler, TendRadius, SweepSessionsSchedule, TendRadiusSchedule],
})
export class NetworkWorkerModule {}
