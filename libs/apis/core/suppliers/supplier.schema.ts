import {
  bodyId,
  calendarDay,
  currencyCode,
  emailAddress,
  identifier,
  intId,
  line,
  percent,
  phoneNumber,
  prose,
  searchText,
  timeZone,
  unitAmount,
} from '@isp/apis/shared';
import { SUPPLIER_STATUSES, SUPPLIER_SORTING, SUPPLIER_CONTRACT_SORTING } from '@isp/domain/suppliers';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const maybe = z.string().nullable();
const maybeId = z.int().nullable();
const status = z.enum(SUPPLIER_STATUSES);
const changing = 'must change something';

const details = {
  email: emailAddress.nullable().optional(),
  phone: phoneNumber.nullable().optional(),
  status: status.optional(),
};
export const newSupplierBody = z.strictObject({ name: line(120), ...details });
export type NewSupplierBody = z.infer<typeof newSupplierBody>;
export const changeSupplierBody = z
  .strictObject({ name: line(120).optional(), ...details })
  .refine((body) => Object.keys(body).length > 0, changing);
export type ChangeSupplierBody = z.infer<typeof changeSupplierBody>;
export const suppliersQuery = sortedQuery({ status: status.optional(), q: searchText(100) }, SUPPLIER_SORTING);
export type SuppliersQuery = z.infer<typeof suppliersQuery>;
export const supplierShape = z.object({
  id: z.int(),
  name: z.string(),
  email: maybe,
  phone: maybe,
  status,
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const suppliersShape = listShape('suppliers', supplierShape);
export const newSupplierExample = { name: 'Backhaul One', email: 'noc@backhaul.example', phone: '+27 11 555 0100' };
const times = { version: 1, created_at: '2025-01-29T10:30:00Z', updated_at: '2025-01-29T10:30:00Z' };
export const supplierExample = { id: 2, ...newSupplierExample, status: 'active', ...times };

const share = percent.refine((value) => value > 0, 'must be more than nothing');
const terms = {
  reference: identifier(100),
  description: prose(2_000).nullable(),
  device_id: bodyId.nullable(),
  node_id: bodyId.nullable(),
  valid_from: calendarDay,
  valid_until: calendarDay.nullable(),
  time_zone: timeZone,
  monthly_amount: unitAmount,
  currency: currencyCode,
  committed_percent: share,
  credit_percent: share,
  credit_minutes: z.int().min(1).max(44_640),
  credit_unit: z.enum(['started', 'full']),
  credit_cap_percent: share,
  claim_days: z.int().min(1).max(366),
};
const all = z.strictObject(terms);
export const newContractBody = z.strictObject({
  supplier_id: bodyId,
  ...terms,
  description: terms.description.default(null),
  device_id: terms.device_id.default(null),
  node_id: terms.node_id.default(null),
  valid_until: terms.valid_until.default(null),
  time_zone: terms.time_zone.default('UTC'),
  credit_unit: terms.credit_unit.default('started'),
  credit_cap_percent: terms.credit_cap_percent.default(100),
  claim_days: terms.claim_days.default(30),
});
export type NewContractBody = z.infer<typeof newContractBody>;
export const changeContractBody = all.partial().refine((body) => Object.keys(body).length > 0, changing);
export type ChangeContractBody = z.infer<typeof changeContractBody>;
export const contractsQuery = sortedQuery(
  {
    supplier_id: intId.optional(),
    device_id: intId.optional(),
    node_id: intId.optional(),
  },
  SUPPLIER_CONTRACT_SORTING,
);
export type ContractsQuery = z.infer<typeof contractsQuery>;
export const contractShape = z.object({
  id: z.int(),
  supplier_id: z.int(),
  supplier: z.string(),
  reference: z.string().describe("The supplier's name for it: a circuit, an order"),
  description: maybe,
  device_id: maybeId.describe('What cannot work without it: this device, or the node'),
  node_id: maybeId,
  valid_from: z.string(),
  valid_until: maybe.describe('The first day on which it holds no more'),
  time_zone: z.string(),
  monthly_amount: z.number(),
  currency: z.string(),
  committed_percent: z.number(),
  credit_percent: z.number().describe('Of the monthly amount, for each credit_minutes below what was committed'),
  credit_minutes: z.int(),
  credit_unit: z.enum(['started', 'full']),
  credit_cap_percent: z.number(),
  claim_days: z.int().describe('A claim must reach the supplier so many days after its month'),
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const contractsShape = listShape('contracts', contractShape);
export const newContractExample = {
  supplier_id: 2,
  reference: 'BH1-40417',
  node_id: 1,
  valid_from: '2025-01-01',
  time_zone: 'Africa/Johannesburg',
  monthly_amount: 12000,
  currency: 'ZAR',
  committed_percent: 99.9,
  credit_percent: 5,
  credit_minutes: 60,
};
export const contractExample = {
  id: 3,
  supplier: 'Backhaul One',
  description: null,
  device_id: null,
  valid_until: null,
  credit_unit: 'started',
  credit_cap_percent: 100,
  claim_days: 30,
  ...newContractExample,
  ...times,
};
