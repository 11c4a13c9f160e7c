import { AVAILABLE } from '@isp/domain/offers';
import { systemClock } from '@isp/kernel';
import Fastify from 'fastify';
import pg from 'pg';
import { serve } from './processes.js';

/**
 * The bare server that availability is compared with: Fastify and pg, the same statement prepared, the same pool and the
 * same fields in the answer; no authentication, no limits, no checks, and the database asked as its superuser.
 */
export interface BareAvailability {
  readonly url: string;
}

interface Price {
  readonly guid: string;
  readonly type: string;
  readonly currency: string;
  readonly taxPercent: string;
  readonly amount: string;
}

interface Row {
  readonly kind: string | null;
  readonly guid: string;
  readonly providerGuid: string;
  readonly parentGuid: string | null;
  readonly effectiveAt: Date;
  readonly prices: readonly (Price | null)[];
  readonly [field: string]: unknown;
}

const text = { type: 'string' };
const number = { type: 'number' };
const price = { id: text, price_type: text, currency_code: text, tax: number, value: number, value_incl: number };
const product = {
  ...{
    id: text,
    provider_id: text,
    parent_id: text,
    name: text,
    description: text,
    speed_up: number,
    speed_down: number,
  },
  ...{ min_contract: number, effective_date: text, status: text, type_name: text, provider: text },
  pricing: { type: 'array', items: { type: 'object', properties: price } },
  logo: text,
};
const items = { type: 'array', items: { type: 'object', properties: product } };
const response = { 200: { type: 'object', properties: { items } } };

function present(row: Row) {
  return {
    ...{ id: row.guid.toUpperCase(), provider_id: row.providerGuid.toUpperCase(), name: row['name'] },
    ...(row.parentGuid ? { parent_id: row.parentGuid.toUpperCase() } : {}),
    ...{ speed_up: row['uploadMbps'], speed_down: row['downloadMbps'], min_contract: row['contractMonths'] },
    ...{ effective_date: row.effectiveAt.toISOString(), status: row['status'], type_name: row.kind },
    provider: row['providerName'],
    pricing: row.prices.flatMap((price) => {
      if (price === null) return [];
      const { guid, type, currency, taxPercent, amount } = price;
      const [tax, value] = [Number(taxPercent), Number(amount)];
      const incl = Math.round(value * (100 + tax)) / 100;
      return { id: guid.toUpperCase(), price_type: type, currency_code: currency, tax, value, value_incl: incl };
    }),
  };
}

serve<BareAvailability, string>(async ({ url }) => {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  const app = Fastify();
  app.get<{ Params: { latitude: string; longitude: string; partner: string } }>(
    '/partners/:partner/availability/:latitude/:longitude',
    { schema: { response } },
    async ({ params: { latitude, longitude, partner } }) => {
      const values = [latitude, longitude, systemClock.now(), Number(partner)];
      const { rows } = await pool.query<Row>({ ...AVAILABLE, values });
      return { items: rows.filter(({ kind }) => kind !== null).map(present) };
    },
  );
  return app.listen({ port: 0, host: '127.0.0.1' });
});
