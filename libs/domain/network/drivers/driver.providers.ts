import { SESSION_DRIVERS, SUBSCRIBER_DRIVERS, type SubscriberDriver } from './device-driver.port.js';
import { DeviceSlots } from './device-slots.js';
import { DriverNames } from './driver-names.js';
import { RadiusCoa } from './radius-coa.adapter.js';
import { RouterControl } from './router-control.js';
import { RouterOsRouter } from './routeros/routeros-api.adapter.js';
import { SessionControl } from './session-control.js';
import { SimulatedRouter } from './simulated-router.adapter.js';
import { SimulatedStatus } from './snmp/simulated-status.adapter.js';
import { SnmpSessions } from './snmp/snmp-sessions.js';
import { SnmpStatus } from './snmp/snmp-status.adapter.js';
import { LinuxSshRouter } from './ssh/linux-ssh.adapter.js';
import { STATUS_DRIVERS, type StatusDriver } from './status-driver.port.js';

/** Talking to devices, as other domains use it. */
export const CONTROLS = [RouterControl, SessionControl, DeviceSlots];
/** Every driver of this process, by what it is for. */
export const DRIVERS = [
  SimulatedRouter,
  LinuxSshRouter,
  RouterOsRouter,
  {
    provide: SUBSCRIBER_DRIVERS,
    useFactory: (...all: SubscriberDriver[]) => all,
    inject: [SimulatedRouter, LinuxSshRouter, RouterOsRouter],
  },
  RadiusCoa,
  { provide: SESSION_DRIVERS, useFactory: (coa: RadiusCoa) => [coa], inject: [RadiusCoa] },
  SnmpSessions,
  SnmpStatus,
  SimulatedStatus,
  { provide: STATUS_DRIVERS, useFactory: (...all: StatusDriver[]) => all, inject: [SnmpStatus, SimulatedStatus] },
  DriverNames,
];
