export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** Orders the rows, and names one. */
  readonly key: string;
  readonly type: 'integer' | 'text';
  /** What the text is sealed for, beside table and column. */
  readonly row: string;
  /** As which table and column it is sealed, where those are not its names. */
  readonly as?: { readonly table: string; readonly column: string };
  readonly only?: string;
}

/** Every column that holds sealed text; a spec compares it with the schema. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'subscribers', column: 'password_sealed', key: 'id', type: 'integer', row: 'service_id' },
  { table: 'cpe_settings', column: 'wifi_password_sealed', key: 'service_id', type: 'integer', row: 'service_id' },
  { table: 'voice_accounts', column: 'password_sealed', key: 'service_id', type: 'integer', row: 'service_id' },
  { table: 'devices', column: 'secrets_sealed', key: 'id', type: 'integer', row: 'guid' },
  { table: 'webhook_endpoints', column: 'secret_sealed', key: 'id', type: 'integer', row: 'guid' },
  { table: 'webhook_endpoints', column: 'previous_secret_sealed', key: 'id', type: 'integer', row: 'guid' },
  { table: 'signing_keys', column: 'private_key', key: 'kid', type: 'text', row: 'kid' },
  {
    table: 'idempotency_keys',
    column: 'body',
    key: `jsonb_build_array(partner_id, principal, key)::text`,
    type: 'text',
    row: `partner_id || ' ' || principal || ' ' || key`,
    only: 'body_sealed',
  },
];
