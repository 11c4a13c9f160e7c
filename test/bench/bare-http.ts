import Fastify, { type FastifyInstance } from 'fastify';
import pg from 'pg';
import { serve } from './processes.js';

/**
 * The bare server that ours is compared with: Fastify and pg, the same statements prepared and pipelined, the same
 * pool; no authentication, no limits, no checks beyond Fastify's own, the database asked as its superuser for lists.
 */
export interface BareOrder {
  readonly listUrl: string;
  readonly writeUrl: string;
}

const COLUMNS = `c.id, c.guid, c.partner_id AS "partnerId", c.display_id AS "displayId", c.kind, c.name, c.first_name AS "firstName",
  c.last_name AS "lastName", c.email, c.phone, c.home_phone AS "homePhone", c.username, c.address, c.billing_address AS "billingAddress",
  c.support_tier AS "supportTier", c.status, c.status_reason AS "statusReason", c.portal_id AS "portalId",
  c.portal_user_guid AS "portalUserGuid", c.version, c.created_at AS "createdAt", c.updated_at AS "updatedAt", c.terminated_at AS "terminatedAt"`;
const LIST = `SELECT ${COLUMNS} FROM customers c
  JOIN (SELECT c.id FROM customers c WHERE c.partner_id = $1 ORDER BY c.partner_id DESC, c.id DESC LIMIT $2 OFFSET $3) page ON page.id = c.id
 ORDER BY c.partner_id DESC, c.id DESC`;
const LIST_ALL = `SELECT ${COLUMNS} FROM customers c
  JOIN (SELECT c.id FROM customers c ORDER BY c.id DESC LIMIT $1 OFFSET $2) page ON page.id = c.id ORDER BY c.id DESC`;
const COUNT = 'SELECT count(*)::integer AS total FROM customers c WHERE c.partner_id = $1';
const COUNT_ALL = 'SELECT count(*)::integer AS total FROM customers c';

const WALLS = `SELECT set_config('app.unrestricted', $1, true), set_config('app.partner_id', $2, true), set_config('app.customer_id', $3, true)`;
const LOCK = 'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free';
const FIND = `SELECT fingerprint, status, headers, body, body_sealed AS sealed FROM idempotency_keys
  WHERE partner_id = $1 AND principal = $2 AND key = $3 AND expires_at > now()`;
const INSERT = `INSERT INTO customers AS c (partner_id, kind, name, first_name, last_name, email, phone, home_phone, username, address, billing_address, status)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING ${COLUMNS}`;
const OUTBOX = 'INSERT INTO outbox (name, partner_id, payload, request_id) VALUES ($1, $2, $3, $4)';
const KEEP = `WITH expired AS (DELETE FROM idempotency_keys WHERE partner_id = $1 AND principal = $2 AND key = $3)
  INSERT INTO idempotency_keys (partner_id, principal, key, fingerprint, status, headers, body, body_sealed, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(hours => $9))`;
const AUDIT = 'SELECT audit_append($1, $2)';

interface NewCustomer {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly address: object;
}
type Row = Readonly<Record<string, unknown>> & { readonly createdAt: Date; readonly updatedAt: Date };

const address = {
  type: 'object',
  nullable: true,
  properties: {
    street: { type: 'string' },
    city: { type: 'string' },
    state: { type: 'string' },
    zip: { type: 'string' },
    country: { type: 'string' },
  },
};
const text = { type: 'string' };
const customer = {
  type: 'object',
  properties: {
    ...{
      id: { type: 'integer' },
      name: text,
      email: text,
      phone: text,
      portal_id: text,
      status: text,
      partner_id: { type: 'integer' },
    },
    ...{
      customer_type: text,
      support_tier: text,
      address,
      billing_address: address,
      created_at: text,
      updated_at: text,
    },
  },
};

function present(row: Row) {
  return {
    ...{
      id: row['id'],
      name: row['name'],
      email: row['email'],
      phone: row['phone'],
      portal_id: row['portalId'],
      status: row['status'],
    },
    ...{
      partner_id: row['partnerId'],
      customer_type: row['kind'],
      support_tier: row['supportTier'],
      address: row['address'],
    },
    billing_address: row['billingAddress'],
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

function list(app: FastifyInstance, pool: pg.Pool): void {
  const response = {
    200: { type: 'object', properties: { customers: { type: 'array', items: customer }, total: { type: 'integer' } } },
  };
  app.get<{ Querystring: { page: number }; Params: { partner: number } }>(
    '/partners/:partner/customers',
    { schema: { response } },
    async (request) => {
      const partner = Number(request.params.partner);
      const offset = (Number(request.query.page) - 1) * 25;
      const client = await pool.connect();
      try {
        const [rows, total] = await Promise.all(
          partner > 0
            ? [
                client.query({ name: 'list', text: LIST, values: [partner, 25, offset] }),
                client.query({ name: 'count', text: COUNT, values: [partner] }),
              ]
            : [
                client.query({ name: 'list-all', text: LIST_ALL, values: [25, offset] }),
                client.query({ name: 'count-all', text: COUNT_ALL, values: [] }),
              ],
        );
        return { customers: rows.rows.map(present), total: total.rows[0].total };
      } finally {
        client.release();
      }
    },
  );
}

function create(app: FastifyInstance, pool: pg.Pool): void {
  const body = {
    type: 'object',
    required: ['name', 'email', 'phone'],
    properties: { name: text, email: text, phone: text, address },
  };
  const schema = { body, response: { 201: customer } };
  app.post<{ Params: { partner: string }; Body: NewCustomer }>(
    '/partners/:partner/customers',
    { schema },
    async (request, reply) => {
      const client = await pool.connect();
      try {
        const made = await insert(
          client,
          Number(request.params.partner),
          String(request.headers['idempotency-key']),
          request.body,
        );
        return await reply.status(201).send(made);
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      } finally {
        client.release();
      }
    },
  );
}

async function insert(client: pg.PoolClient, partner: number, key: string, body: NewCustomer) {
  const scope = [partner, 'bare', key];
  const [, , , found] = await Promise.all([
    client.query({ name: 'begin', text: 'BEGIN' }),
    client.query({ name: 'walls', text: WALLS, values: ['', String(partner), ''] }),
    client.query({ name: 'lock', text: LOCK, values: [scope.join('\n')] }),
    client.query({ name: 'find', text: FIND, values: scope }),
  ]);
  if (found.rows.length > 0) throw new Error('seen before');
  const values = [
    partner,
    'residential',
    body.name,
    null,
    null,
    body.email,
    body.phone,
    null,
    null,
    JSON.stringify(body.address),
    null,
    'active',
  ];
  const inserted = (await client.query({ name: 'insert', text: INSERT, values })).rows[0] as Row;
  const made = present(inserted);
  const event = {
    partner_id: partner,
    customer_id: made.id,
    name: made.name,
    email: made.email,
    portal_id: made.portal_id,
    sequence: 1,
  };
  const notes = [
    {
      actor: 'bare',
      action: 'customer.create',
      subject_type: 'customer',
      subject_id: String(made.id),
      changes: body,
      request_id: null,
    },
  ];
  await Promise.all([
    client.query({
      name: 'outbox',
      text: OUTBOX,
      values: ['customers.customer.created.v1', partner, JSON.stringify(event), null],
    }),
    client.query({
      name: 'keep',
      text: KEEP,
      values: [...scope, Buffer.alloc(32), 201, '{}', JSON.stringify(made), false, 24],
    }),
    client.query({ name: 'audit', text: AUDIT, values: [partner, JSON.stringify(notes)] }),
    client.query({ name: 'commit', text: 'COMMIT' }),
  ]);
  return made;
}

serve(async ({ listUrl, writeUrl }: BareOrder) => {
  const app = Fastify();
  list(app, new pg.Pool({ connectionString: listUrl, max: 10, pipeline: true }));
  create(app, new pg.Pool({ connectionString: writeUrl, max: 10, pipeline: true }));
  return app.listen({ port: 0, host: '127.0.0.1' });
});
