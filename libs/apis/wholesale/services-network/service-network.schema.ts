import { z } from 'zod';
import { calendarDay } from '@isp/apis/shared';

export const usageQuery = z.strictObject({
  from: calendarDay.optional().describe('The first day; 30 days before `to` when absent'),
  to: calendarDay.optional().describe('The last day, included; today when absent'),
});
export type UsageQuery = z.infer<typeof usageQuery>;

const maybeText = z.string().nullable();
const maybeNumber = z.number().nullable();
const level = z.enum(['ok', 'warning', 'critical']).nullable();

export const deviceStatusShape = z.object({
  network: maybeText.describe('The OLT (or switch) that carries the line'),
  pop: maybeText,
  serial_number: maybeText,
  gpon_status: maybeText.describe('State of the ONT as its OLT words it'),
  cpe: maybeText.describe("Hardware address of the customer's own equipment"),
  model: maybeText,
  last_updated: maybeText.describe('When the device last answered; null: never'),
  service: z.string(),
  pop_name: maybeText,
  alerts: z.array(z.string()).describe('Open warnings'),
  alarms: z.array(z.string()).describe('Open critical alarms'),
  populated_ports: maybeText,
  olt_port: maybeText,
  distance: maybeNumber.describe('Metres of fibre'),
  rx_status: level,
  rx_power: maybeNumber.describe('dBm, received by the device'),
  sfp_status: maybeText,
  sfp_power: maybeNumber.describe('dBm, sent by the SFP'),
  sfp_rx_status: level,
  sfp_rx_power: maybeNumber.describe('dBm, received from the device'),
  tx_power: maybeNumber.describe('dBm, sent by the device'),
  tx_status: level,
  switch: maybeText,
  sfp_sync_speed: maybeText,
  switch_port: maybeText,
});

const octets = z.number().describe('Exact up to 2^53');
export const radiusStatusShape = z.object({
  username: maybeText,
  password: maybeText,
  authentication_attempts: z.array(z.object({ date: z.string(), reply: z.string() })),
  accounting: z.array(
    z.object({
      session_id: z.string(),
      username: z.string(),
      ipaddress: maybeText,
      acct_start_time: z.string(),
      acct_stop_time: maybeText.describe('Null while the session is up'),
      session_time: z.number().describe('Seconds'),
      input_octets: octets,
      output_octets: octets,
      ipv6_input_octets: octets,
      ipv6_output_octets: octets,
      terminate_cause: maybeText,
      update_time: z.string(),
    }),
  ),
});

export const usageShape = z.array(
  z.object({
    date: z.string(),
    bytes_downloaded: octets,
    bytes_uploaded: octets,
    i_pv6_bytes_downloaded: octets,
    i_pv6_bytes_uploaded: octets,
    total_bytes_downloaded: octets,
    total_bytes_uploaded: octets,
  }),
);
