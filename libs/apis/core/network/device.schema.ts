import { isIP } from 'node:net';
import { DEVICE_KINDS, REACHABILITY, READINGS, READING_NAMES, SECRET_NAMES, DEVICE_SORTING } from '@isp/domain/network';
import { bodyId, identifier, intId, line, needle } from '@isp/apis/shared';
import { snakeCase } from '@isp/kernel';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const kind = z.enum(DEVICE_KINDS);
const driver = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,39}$/, 'must be the name of a driver')
  .nullable();
const settings = z
  .record(z.string().max(60), z.json())
  .refine((value) => JSON.stringify(value).length <= 8_192, 'must be at most 8 KiB');
/** Written, and never read again. */
const secret = z.string().min(1).max(8_192);
const credentials = z.strictObject(
  Object.fromEntries(SECRET_NAMES.map((name) => [name, secret.optional()])) as Record<
    (typeof SECRET_NAMES)[number],
    z.ZodOptional<typeof secret>
  >,
);
const facts = {
  driver: driver.optional().describe('Configures subscribers: simulated, linux-ssh, routeros-api or an own one'),
  session_driver: driver.optional().describe('Ends and changes sessions'),
  status_driver: driver.optional().describe('Asks how it is: snmp, simulated or an own one'),
  settings: settings.optional(),
  management_address: z
    .string()
    .refine((text) => isIP(text) !== 0, 'must be an IP address')
    .nullable()
    .optional(),
  node_id: bodyId.nullable().optional(),
  parent_id: bodyId.nullable().optional().describe('The device that it hangs below'),
  model_id: bodyId.nullable().optional(),
  serial_number: identifier(60).nullable().optional(),
  firmware: line(60).nullable().optional(),
  olt_id: bodyId.nullable().optional().describe('An ONT: the OLT that is asked about it'),
  pon_port: z
    .string()
    .regex(/^\d{1,10}(\.\d{1,10}){0,7}$/, 'must be numbers with dots, as the OIDs of the model need them')
    .nullable()
    .optional(),
  onu_index: z.int().min(0).max(2_147_483_647).nullable().optional(),
  service_id: bodyId.nullable().optional(),
  poll_interval_seconds: z.int().min(5).max(86_400).optional(),
};

export const createDeviceBody = z.strictObject({
  name: line(120),
  kind,
  ...facts,
  credentials: credentials.optional(),
});
export type CreateDeviceBody = z.infer<typeof createDeviceBody>;
export const changeDeviceBody = z.strictObject({ name: line(120).optional(), kind: kind.optional(), ...facts });
export type ChangeDeviceBody = z.infer<typeof changeDeviceBody>;

export const credentialsBody = z
  .strictObject(
    Object.fromEntries(SECRET_NAMES.map((name) => [name, secret.nullable().optional()])) as Record<
      (typeof SECRET_NAMES)[number],
      z.ZodOptional<z.ZodNullable<typeof secret>>
    >,
  )
  .refine((body) => Object.keys(body).length > 0, 'name at least one credential');
export type CredentialsBody = z.infer<typeof credentialsBody>;

export const devicesQuery = sortedQuery(
  {
    kind: kind.optional(),
    status: z.enum(['active', 'retired']).optional(),
    node_id: intId.optional(),
    parent_id: intId.optional(),
    model_id: intId.optional(),
    reachability: z.enum(REACHABILITY).optional(),
    service_id: intId.optional(),
    serial_number: needle(60).optional(),
  },
  DEVICE_SORTING,
);
export type DevicesQuery = z.infer<typeof devicesQuery>;
export const topologyQuery = z.strictObject({ onts: z.enum(['true', 'false']).default('false') });
export type TopologyQuery = z.infer<typeof topologyQuery>;

const text = z.string().nullable();
const id = z.int().nullable();
export const deviceShape = z.object({
  id: z.int(),
  name: z.string(),
  kind,
  driver: text,
  session_driver: text,
  status_driver: text,
  settings: z.record(z.string(), z.unknown()),
  management_address: text,
  node_id: id,
  node_code: text,
  parent_id: id,
  model_id: id,
  model: text,
  serial_number: text,
  firmware: text,
  olt_id: id,
  pon_port: text,
  onu_index: id,
  service_id: id,
  poll_interval_seconds: z.int(),
  has_credentials: z.boolean(),
  reachability: z.enum(REACHABILITY),
  last_seen_at: text,
  status: z.enum(['active', 'retired']),
  created_at: z.string(),
  updated_at: z.string(),
});
export const devicesShape = listShape('devices', deviceShape);
export const affectedShape = devicesShape.extend({ services: z.int() });

const wire = { number: z.number(), text: z.string(), online: z.boolean(), counter: z.string() };
const readingShape = z
  .object(Object.fromEntries(READING_NAMES.map((name) => [snakeCase(name), wire[READINGS[name]].nullable()])))
  .nullable()
  .describe('What the device said last; what it did not say is null. Powers in dBm.');
export const statusShape = z.object({
  device_id: z.int(),
  name: z.string(),
  kind,
  model: text,
  serial_number: text,
  service_id: id,
  pop: text,
  pop_name: text,
  olt: text,
  olt_port: text,
  onu_index: id,
  switch: text,
  reachability: z.enum(REACHABILITY),
  reachability_changed_at: text,
  last_seen_at: text,
  last_asked_at: text,
  last_error: text.describe('Why the last question brought nothing'),
  last_updated: text.describe('When `reading` was taken'),
  reading: readingShape,
  alerts: z.array(z.string()),
  alarms: z.array(z.string()),
});

const branch: z.ZodType = z.object({
  id: z.int(),
  name: z.string(),
  kind,
  node_id: id,
  reachability: z.enum(REACHABILITY),
  children: z.array(z.record(z.string(), z.unknown())).describe('Devices below, of the same shape'),
});
export const topologyShape = z.object({ devices: z.array(branch) });

export const deviceRequestExample = {
  name: 'ONT 4711',
  kind: 'ont',
  status_driver: 'snmp',
  model_id: 1,
  serial_number: 'ALCLF1234567',
  olt_id: 2,
  pon_port: '1.3',
  onu_index: 17,
  service_id: 456,
};
const NEVER_GIVEN = { driver: null, session_driver: null, settings: {}, management_address: null, parent_id: null };
export const deviceExample = {
  id: 3,
  ...NEVER_GIVEN,
  ...deviceRequestExample,
  node_id: 1,
  node_code: 'POP-NY-01',
  model: 'Simulated ONT',
  firmware: null,
  poll_interval_seconds: 60,
  has_credentials: false,
  reachability: 'up',
  last_seen_at: '2025-01-29T10:30:00Z',
  status: 'active',
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};
const SAID = {
  online: true,
  gpon_status: 'operational',
  rx_power_dbm: -19.43,
  tx_power_dbm: 2.31,
  distance_metres: 4210,
};
export const statusExample = {
  device_id: 3,
  name: 'ONT 4711',
  kind: 'ont',
  model: 'Simulated ONT',
  serial_number: 'ALCLF1234567',
  service_id: 456,
  pop: 'POP-NY-01',
  pop_name: 'New York, Hudson Street',
  olt: 'OLT NY 1',
  olt_port: '1.3',
  onu_index: 17,
  switch: null,
  reachability: 'up',
  reachability_changed_at: '2025-01-28T08:00:00Z',
  last_seen_at: '2025-01-29T10:30:00Z',
  last_asked_at: '2025-01-29T10:30:00Z',
  last_error: null,
  last_updated: '2025-01-29T10:30:00Z',
  reading: { ...Object.fromEntries(READING_NAMES.map((name) => [snakeCase(name), null])), ...SAID },
  alerts: [],
  alarms: [],
};
export const topologyExample = {
  devices: [
    {
      id: 2,
      name: 'OLT NY 1',
      kind: 'olt',
      node_id: 1,
      reachability: 'up',
      children: [{ id: 3, name: 'ONT 4711', kind: 'ont', node_id: null, reachability: 'up', children: [] }],
    },
  ],
};
