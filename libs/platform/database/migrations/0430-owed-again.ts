import type { SqlMigration } from '../migration.js';

/** What banks took back beyond payments is looked for by customer (ageing). There are few of them, which the index alone knows. */
export const owedAgain: SqlMigration = {
  name: '0430-owed-again',
  up: `
CREATE INDEX payments_owed_by_customer ON payments (partner_id, customer_id, account_id) WHERE status = 'reversed' AND excess_amount > covered_amount;
`,
};
