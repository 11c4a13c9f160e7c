import type { SqlMigration } from '../migration.js';

/** A subscriber that is being taken off the network: nobody puts it on its router again, whoever comes late takes it off. */
export const leavingSubscribers: SqlMigration = {
  name: '0361-leaving-subscribers',
  up: `ALTER TABLE subscribers ADD leaving boolean NOT NULL DEFAULT false;`,
};
