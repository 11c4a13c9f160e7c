import { complaintOf, emailAddress, identifier, line, phoneNumber, prose, wholeNumber } from '@isp/apis/shared';
import { z } from 'zod';
import { bodyGuid } from '../guid.js';
import { customerShape } from '../customers/customer.schema.js';
import { pageShape, pagingQuery } from '../lists.js';
import { premiseShape } from '../premises/premise.schema.js';
import { SERVICE_STATUS_WORDS } from '../words.js';
import { workOrderShape } from '../work-orders/work-order.schema.js';

const statusWord = z.enum(SERVICE_STATUS_WORDS as [string, ...string[]]);
const promoCode = line(40).optional();
const ispReference = identifier(100);

const person = { first_name: line(100), last_name: line(100), email: emailAddress, mobile_number: phoneNumber };
const newCustomer = z.strictObject({ ...person, username: line(254).optional() });
/** One that is there already: what else is said of it changes nothing. */
const knownCustomer = z.strictObject({
  id: bodyGuid,
  first_name: line(100).optional(),
  last_name: line(100).optional(),
  email: emailAddress.optional(),
  username: line(254).optional(),
  mobile_number: phoneNumber.optional(),
});

const order = {
  premise: z.strictObject({ external_reference: bodyGuid }),
  service: z.strictObject({ product_id: bodyGuid, promo_code: promoCode, isp_reference: ispReference.optional() }),
};
const named = z.strictObject({ customer: knownCustomer, ...order });
const unnamed = z.strictObject({ customer: newCustomer, ...order });
const hasId = (body: unknown): boolean => {
  const { customer } = (body ?? {}) as { customer?: { id?: unknown } };
  return typeof customer === 'object' && customer !== null && customer.id !== undefined;
};
/** Checked as what it is meant to be, so that a refusal does not talk of the other one. */
export const fullOrderBody = z.unknown().transform((body, context): FullOrderBody => {
  const checked = (hasId(body) ? named : unnamed).safeParse(body, { error: complaintOf });
  if (checked.success) return checked.data;
  for (const { message, path, ...issue } of checked.error.issues)
    context.addIssue({ ...issue, message, path: [...path] });
  return z.NEVER;
});
export type FullOrderBody = z.infer<typeof named> | z.infer<typeof unnamed>;

export const orderBody = z.strictObject({
  customer_id: bodyGuid,
  product_id: bodyGuid,
  premise_id: bodyGuid,
  promo_code: promoCode,
  isp_reference: ispReference.optional(),
});
export type OrderBody = z.infer<typeof orderBody>;

const SSID_OCTETS = 32;
/** WPA2 and WPA3 take 8 to 63 printable ASCII characters as a pass phrase. */
const PASS_PHRASE = /^[\x20-\x7e]{8,63}$/;
export const changeServiceBody = z
  .strictObject({
    isp_reference: ispReference.nullable().optional(),
    wifi_username: line(SSID_OCTETS)
      .refine((text) => Buffer.byteLength(text) <= SSID_OCTETS, `must have at most ${SSID_OCTETS} octets`)
      .optional(),
    wifi_password: z.string().regex(PASS_PHRASE, 'must have 8 to 63 printable ASCII characters').optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change something');
export type ChangeServiceBody = z.infer<typeof changeServiceBody>;

export const cancelQuery = z.strictObject({ reason: line(500).optional() });
export type CancelQuery = z.infer<typeof cancelQuery>;

export const servicesQuery = z.strictObject({
  status: statusWord.optional(),
  premise: bodyGuid.optional(),
  q: prose(100).optional(),
  page: pagingQuery.page,
  page_size: wholeNumber(100).default(10),
});
export type ServicesQuery = z.infer<typeof servicesQuery>;

export const customerServicesQuery = z.strictObject(pagingQuery);
export type CustomerServicesQuery = z.infer<typeof customerServicesQuery>;

const text = z.string();
const maybe = z.string().nullable();
const time = maybe.describe('YYYY-MM-DD HH:MM:SS ±HHMM');

export const listedServiceShape = z.object({
  id: text,
  customer_id: text,
  product_id: text,
  provider_id: text,
  premise_id: maybe,
  provisioned_date: maybe,
  sales_agent: maybe,
  created_at: text,
  updated_at: text,
  created_by_id: maybe,
  status: statusWord,
});
export const listedServicesShape = pageShape(listedServiceShape);

export const serviceShape = z.object({
  id: text,
  customer_id: text,
  product_id: text,
  provider_id: text,
  premise_id: maybe,
  preorder: z.boolean(),
  isp_reference: maybe,
  reference_code: maybe,
  port_number: maybe,
  pppoe_username: maybe,
  pppoe_password: maybe,
  pppoe_ip_address: maybe,
  wifi_username: maybe,
  wifi_password: maybe,
  provisioned: z.boolean(),
  provisioned_date: time,
  on_network: z.boolean(),
  on_network_date: time,
  completed: z.boolean(),
  completed_date: time,
  cancelled: z.boolean(),
  cancelled_date: time,
  expiry_date: time,
  promo_code: maybe,
  sales_agent: maybe,
  sales_channel_id: z.null(),
  termination_cause_id: z.null(),
  deleted_at: z.null(),
  created_at: time,
  auto_configured: z.boolean().nullable(),
  cancellation_reason: maybe,
  status_id: z.int(),
  start_date: time,
  config_info: maybe,
  suspended_date: time,
  updated_at: time,
  created_by_id: maybe,
  dhcp_enabled: z.boolean(),
  rica_validated: z.null(),
  last_network_check: time,
  level: z.null(),
  service_configuration_id: z.int(),
  ip_v4_public: maybe,
  ip_v6_public: maybe,
  pppoe_v6_address: maybe,
  deleted_date: z.null(),
  status: statusWord,
  serial_number: maybe,
});
export const customerServicesShape = z.object({ items: z.array(serviceShape), total: z.int() });

export const placedShape = z.object({
  customer: z.object({ id: text }),
  premise: z.object({ external_reference: text }),
  service: z.object({ service_id: text }),
});

export const fullServiceShape = z.object({
  customer: customerShape,
  premise: premiseShape.nullable(),
  service: serviceShape,
  work_orders: z.array(workOrderShape),
});
