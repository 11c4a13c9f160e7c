import type { SqlMigration } from '../migration.js';

/** A list of names as one constant: in the form `IN ('a', 'b')` each would be read, and the list put together, anew. */
const oneOf = (names: string): string => `= ANY ('{${names.replaceAll(' ', ',')}}'::text[])`;

const TYPES = [
  ['service_type', 'text', oneOf('internet voice bundle')],
  ['service_status', 'text', oneOf('pending_activation provisioning active suspended terminated failed')],
  [
    'service_operational_status',
    'text',
    oneOf('pending configured starting running degraded failed limited stopping stopped unknown'),
  ],
  ['phone_number_e164', 'text', `~ '^[+][1-9][0-9]{6,14}$'`],
  ['amount_not_negative', 'numeric(14, 4)', '>= 0'],
  ['positive_integer', 'integer', '> 0'],
  ['positive_smallint', 'smallint', '> 0'],
  ['vlan_number', 'integer', 'BETWEEN 1 AND 4094'],
  ['address_prefix_length', 'smallint', 'BETWEEN 0 AND 128'],
  ['subscriber_access', 'text', oneOf('open walled_garden closed')],
  ['subscriber_convergence', 'text', oneOf('pending confirmed unreachable held')],
  ['provisioning_job_status', 'text', oneOf('queued running succeeded failed dead cancelled')],
  ['provisioning_job_priority', 'text', oneOf('low normal high urgent')],
  ['provisioning_job_kind', 'text', oneOf('provision deprovision move voice_provision voice_deprovision')],
  ['provisioning_job_end', 'text', oneOf('failed cancelled')],
  ['work_status', 'text', oneOf('queued running succeeded dead cancelled')],
  ['work_priority', 'smallint', 'BETWEEN 1 AND 4'],
] as const;

const COLUMNS = {
  services: {
    service_type: 'service_type',
    status: 'service_status',
    operational_status: 'service_operational_status',
    phone_number: 'phone_number_e164',
    download_mbps: 'positive_integer',
    upload_mbps: 'positive_integer',
    data_limit_gb: 'positive_integer',
    monthly_amount: 'amount_not_negative',
    activation_amount: 'amount_not_negative',
  },
  subscribers: {
    access: 'subscriber_access',
    convergence: 'subscriber_convergence',
    vlan_id: 'vlan_number',
    prefix_length: 'address_prefix_length',
    download_kbps: 'positive_integer',
    upload_kbps: 'positive_integer',
    session_limit: 'positive_smallint',
  },
  provisioning_jobs: {
    status: 'provisioning_job_status',
    priority: 'provisioning_job_priority',
    kind: 'provisioning_job_kind',
    ends_as: 'provisioning_job_end',
  },
  work_items: { status: 'work_status', priority: 'work_priority' },
} as const;

/** In one pass over the table: the new types, and without the checks that they take over. */
function typed([table, columns]: readonly [string, Readonly<Record<string, string>>]): string {
  const parts = Object.entries(columns).flatMap(([column, type]) => [
    `DROP CONSTRAINT ${table}_${column}_check`,
    `ALTER ${column} TYPE ${type}`,
  ]);
  return `ALTER TABLE ${table}\n  ${parts.join(',\n  ')};`;
}

const CHECKS = [
  ['provisioning_steps', 'status', oneOf('intended done failed compensating compensated skipped')],
  ['service_history', 'axis', oneOf('status operational_status')],
  ['tracked_changes', 'kind', oneOf('service work_order')],
] as const;

/**
 * What a column may hold is a matter of its type where rows are written all the time. PostgreSQL reads a table's checks
 * out of its catalogue with every statement that writes a row, whatever that changes: with 13 of them that was half the
 * cost of a change of a service. What a type checks is kept ready, and asked only of columns that are written.
 */
export const checkedTypes: SqlMigration = {
  name: '0370-checked-types',
  up: `
${TYPES.map(([name, base, condition]) => `CREATE DOMAIN ${name} AS ${base} CHECK (VALUE ${condition});`).join('\n')}

-- A trigger that looks at a column holds its type.
DROP TRIGGER services_new_terms ON services;
${Object.entries(COLUMNS).map(typed).join('\n')}
CREATE TRIGGER services_new_terms AFTER UPDATE ON services FOR EACH ROW
  WHEN ((NEW.plan_id, NEW.plan_version, NEW.static_ip, NEW.monthly_amount, NEW.currency)
        IS DISTINCT FROM (OLD.plan_id, OLD.plan_version, OLD.static_ip, OLD.monthly_amount, OLD.currency))
  EXECUTE FUNCTION record_service_terms();

${CHECKS.map(([table, column, condition]) => `ALTER TABLE ${table} DROP CONSTRAINT ${table}_${column}_check, ADD CONSTRAINT ${table}_${column}_check CHECK (${column} ${condition});`).join('\n')}
`,
};
