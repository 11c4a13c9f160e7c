import { DEVICE_KINDS, READING_NAMES, DEVICE_MODEL_SORTING } from '@isp/domain/network';
import { line } from '@isp/apis/shared';
import { snakeCase } from '@isp/kernel';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const kind = z.enum(DEVICE_KINDS);
const TEMPLATE = /^[0-2](\.(\d{1,10}|\{(pon|onu|index)\})){1,126}$/;
const oidEntry = z.strictObject({
  oid: z.string().max(400).regex(TEMPLATE, 'must be a dotted OID, with {pon}, {onu} or {index}'),
  scale: z.number().optional(),
  offset: z.number().optional(),
  invalid: z
    .array(z.union([z.number(), z.string().max(60)]))
    .max(20)
    .optional()
    .describe('Answers that mean no value'),
  values: z.record(z.string().max(60), z.string().max(60)).optional().describe('What an answer stands for'),
});
const READING_KEYS = READING_NAMES.map(snakeCase) as [string, ...string[]];
const oids = z.partialRecord(z.enum(READING_KEYS), oidEntry).describe('How each reading is asked');

export const createModelBody = z.strictObject({ name: line(120), kind, vendor: line(120), oids: oids.default({}) });
export type CreateModelBody = z.infer<typeof createModelBody>;
export const changeModelBody = z.strictObject({
  name: line(120).optional(),
  kind: kind.optional(),
  vendor: line(120).optional(),
  oids: oids.optional(),
});
export type ChangeModelBody = z.infer<typeof changeModelBody>;
export const modelsQuery = sortedQuery({ kind: kind.optional() }, DEVICE_MODEL_SORTING);
export type ModelsQuery = z.infer<typeof modelsQuery>;

export const modelShape = z.object({
  id: z.int(),
  name: z.string(),
  kind,
  vendor: z.string(),
  oids: z.record(z.string(), z.unknown()),
  created_at: z.string(),
  updated_at: z.string(),
});
export const modelsShape = listShape('device_models', modelShape);

export const modelRequestExample = {
  name: 'Fast ONT 4',
  kind: 'ont',
  vendor: 'Example Networks',
  oids: {
    rx_power_dbm: { oid: '1.3.6.1.4.1.99999.2.7.{pon}.{onu}', scale: 0.01, invalid: [2147483647] },
    online: { oid: '1.3.6.1.4.1.99999.2.1.{pon}.{onu}', values: { '1': 'online', '2': 'offline' } },
  },
};
export const modelExample = {
  id: 2,
  ...modelRequestExample,
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};
