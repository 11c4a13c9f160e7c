import { AlarmWatch } from '../alarms/alarm-watch.js';
import { AlarmQueries } from '../alarms/alarm.queries.js';
import { AlarmRepository } from '../alarms/alarm.repository.js';
import { ManageAlarms } from '../alarms/manage-alarms.usecase.js';
import { TendAlarmsSchedule } from '../alarms/tend-alarms.schedule.js';
import { TrapReceiver } from '../alarms/trap-receiver.js';
import { ChangeNode } from '../nodes/change-node.usecase.js';
import { CreateNode } from '../nodes/create-node.usecase.js';
import { NodeQueries } from '../nodes/node.queries.js';
import { DefineRouter } from './define-router.usecase.js';
import { RouterQueries } from './router.queries.js';
import { DeviceReader } from '../status/device-reader.js';
import { DeviceSamples } from '../status/device-samples.queries.js';
import { DeviceStatusQueries } from '../status/device-status.queries.js';
import { LiveStatus } from '../status/live-status.usecase.js';
import { PollDevicesHandler, PollSchedule, PurgeSamplesSchedule } from '../status/poll-devices.job.js';
import { PollDevices } from '../status/poll-devices.usecase.js';
import { RecordReadings } from '../status/record-readings.usecase.js';
import { StatusTargets } from '../status/status-target.js';
import { StatusRepository } from '../status/status.repository.js';
import { ChangeDevice } from './change-device.usecase.js';
import { CreateDevice } from './create-device.usecase.js';
import { DeviceModels } from './device-model.js';
import { DeviceSecrets } from './device-secrets.js';
import { DeviceQueries } from './device.queries.js';
import { DeviceRepository } from './device.repository.js';
import { SetDeviceCredentials } from './set-device-credentials.usecase.js';

/** Nodes, devices, how they are and what is wrong with them, as other domains and the APIs use them. */
export const DEVICES = [
  NodeQueries,
  CreateNode,
  ChangeNode,
  DeviceQueries,
  DeviceModels,
  CreateDevice,
  ChangeDevice,
  SetDeviceCredentials,
  DeviceStatusQueries,
  DeviceSamples,
  AlarmQueries,
  ManageAlarms,
  PollDevices,
  StatusRepository,
  AlarmRepository,
  DeviceSecrets,
  DefineRouter,
  RouterQueries,
];
/** What they use themselves. */
export const DEVICE_INTERNALS = [DeviceRepository, StatusTargets, DeviceReader, RecordReadings, LiveStatus, AlarmWatch];
/** What a worker does for them. */
export const DEVICE_WORKERS = [
  PollDevicesHandler,
  TrapReceiver,
  PollSchedule,
  PurgeSamplesSchedule,
  TendAlarmsSchedule,
];
