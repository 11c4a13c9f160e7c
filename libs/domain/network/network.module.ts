import { Module } from '@nestjs/common';
import { AddressPool } from './addresses/address-pool.js';
import { ConvergeSubscriberHandler } from './convergence/converge-subscriber.job.js';
import { ConvergeSubscriber } from './convergence/converge-subscriber.usecase.js';
import { SUBSCRIBER_DRIVERS, type SubscriberDriver } from './drivers/device-driver.port.js';
import { RouterOsRouter } from './drivers/routeros/routeros-api.adapter.js';
import { RouterControl } from './drivers/router-control.js';
import { SimulatedRouter } from './drivers/simulated-router.adapter.js';
import { AlarmQueries } from './alarms/alarm.queries.js';
import { AlarmRepository } from './alarms/alarm.repository.js';
import { TrapReceiver } from './alarms/trap-receiver.js';
import { ManageAlarms } from './alarms/manage-alarms.usecase.js';
import { AlarmWatch } from './alarms/alarm-watch.js';
import { ChangeDevice } from './devices/change-device.usecase.js';
import { CreateDevice } from './devices/create-device.usecase.js';
import { DefineRouter } from './devices/define-router.usecase.js';
import { DeviceModels } from './devices/device-model.js';
import { DeviceQueries } from './devices/device.queries.js';
import { DeviceRepository } from './devices/device.repository.js';
import { DeviceSecrets } from './devices/device-secrets.js';
import { RouterQueries } from './devices/router.queries.js';
import { SetDeviceCredentials } from './devices/set-device-credentials.usecase.js';
import { DriverNames } from './drivers/driver-names.js';
import { SimulatedStatus } from './drivers/snmp/simulated-status.adapter.js';
import { SnmpSessions } from './drivers/snmp/snmp-sessions.js';
import { SnmpStatus } from './drivers/snmp/snmp-status.adapter.js';
import { LinuxSshRouter } from './drivers/ssh/linux-ssh.adapter.js';
import { STATUS_DRIVERS, type StatusDriver } from './drivers/status-driver.port.js';
import { ChangeNode } from './nodes/change-node.usecase.js';
import { CreateNode } from './nodes/create-node.usecase.js';
import { NodeQueries } from './nodes/node.queries.js';
import { DeviceReader } from './status/device-reader.js';
import { DeviceStatusQueries } from './status/device-status.queries.js';
import { LiveStatus } from './status/live-status.usecase.js';
import { PollDevicesHandler, PollSchedule, PurgeSamplesSchedule } from './status/poll-devices.job.js';
import { PollDevices } from './status/poll-devices.usecase.js';
import { RecordReadings } from './status/record-readings.usecase.js';
import { StatusRepository } from './status/status.repository.js';
import { StatusTargets } from './status/status-target.js';
import { ChangeSubscriber } from './subscribers/change-subscriber.usecase.js';
import { PrepareSubscriber } from './subscribers/prepare-subscriber.usecase.js';
import { SubscriberRepository } from './subscribers/subscriber.repository.js';

/** Nodes, devices and how they are. */
const deviceProviders = [
  NodeQueries,
  CreateNode,
  ChangeNode,
  DeviceQueries,
  DeviceModels,
  CreateDevice,
  ChangeDevice,
  SetDeviceCredentials,
  DeviceStatusQueries,
  AlarmQueries,
  ManageAlarms,
];
const deviceInternals = [
  DeviceRepository,
  DeviceSecrets,
  DriverNames,
  SnmpSessions,
  SnmpStatus,
  SimulatedStatus,
  { provide: STATUS_DRIVERS, useFactory: (...all: StatusDriver[]) => all, inject: [SnmpStatus, SimulatedStatus] },
  StatusTargets,
  StatusRepository,
  DeviceReader,
  RecordReadings,
  PollDevices,
  LiveStatus,
  AlarmRepository,
  AlarmWatch,
];

@Module({
  providers: [
    ...deviceProviders,
    ...deviceInternals,
    AddressPool,
    RouterQueries,
    DefineRouter,
    SubscriberRepository,
    PrepareSubscriber,
    ChangeSubscriber,
    SimulatedRouter,
    LinuxSshRouter,
    RouterOsRouter,
    {
      provide: SUBSCRIBER_DRIVERS,
      useFactory: (...all: SubscriberDriver[]) => all,
      inject: [SimulatedRouter, LinuxSshRouter, RouterOsRouter],
    },
    RouterControl,
  ],
  exports: [
    ...deviceProviders,
    PollDevices,
    StatusRepository,
    AlarmRepository,
    DeviceSecrets,
    PrepareSubscriber,
    ChangeSubscriber,
    RouterControl,
    AddressPool,
    RouterQueries,
    DefineRouter,
  ],
})
export class NetworkModule {}

@Module({
  imports: [NetworkModule],
  providers: [
    ConvergeSubscriber,
    ConvergeSubscriberHandler,
    PollDevicesHandler,
    TrapReceiver,
    PollSchedule,
    PurgeSamplesSchedule,
  ],
})
export class NetworkWorkerModule {}
