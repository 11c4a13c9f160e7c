import type { SqlMigration } from '../migration.js';

/**
 * Going up the chain is the most frequent change of a ticket that nobody touches. With its level in an index of tickets,
 * each step wrote all nine of them anew, the trigrams of its text included; kept aside it writes none.
 */
export const ticketEscalations: SqlMigration = {
  name: '0341-ticket-escalations',
  up: `
DROP INDEX tickets_escalated;
-- The queue of escalated tickets that are not over: derived from tickets, and written by the database with them.
CREATE TABLE ticket_escalations (
  ticket_id integer PRIMARY KEY REFERENCES tickets,
  partner_id integer NOT NULL,
  customer_id integer,
  level smallint NOT NULL CHECK (level > 0),
  since timestamptz NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX ticket_escalations_in_order ON ticket_escalations (level DESC, since, ticket_id) INCLUDE (partner_id, customer_id);
CREATE INDEX ticket_escalations_of_partner ON ticket_escalations (partner_id, level DESC, since, ticket_id) INCLUDE (customer_id);
CALL tenancy.protect('ticket_escalations', 'customer_id');
GRANT SELECT ON ticket_escalations TO isp_app;

CREATE FUNCTION follow_escalations() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM ticket_escalations e USING now_rows n
   WHERE e.ticket_id = n.id AND (n.escalation_level = 0 OR n.status IN ('resolved', 'closed'));
  INSERT INTO ticket_escalations AS e (ticket_id, partner_id, customer_id, level, since)
  SELECT n.id, n.partner_id, n.customer_id, n.escalation_level, n.escalated_at FROM now_rows n
   WHERE n.escalation_level > 0 AND n.status NOT IN ('resolved', 'closed')
   ORDER BY n.id
  ON CONFLICT (ticket_id) DO UPDATE
    SET partner_id = excluded.partner_id, customer_id = excluded.customer_id, level = excluded.level, since = excluded.since
    WHERE (e.partner_id, e.customer_id, e.level, e.since)
       IS DISTINCT FROM (excluded.partner_id, excluded.customer_id, excluded.level, excluded.since);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION follow_escalations FROM PUBLIC;
CREATE TRIGGER tickets_escalations AFTER UPDATE ON tickets REFERENCING NEW TABLE AS now_rows
  FOR EACH STATEMENT EXECUTE FUNCTION follow_escalations();
CREATE TRIGGER tickets_made_escalations AFTER INSERT ON tickets REFERENCING NEW TABLE AS now_rows
  FOR EACH STATEMENT EXECUTE FUNCTION follow_escalations();

INSERT INTO ticket_escalations (ticket_id, partner_id, customer_id, level, since)
SELECT id, partner_id, customer_id, escalation_level, escalated_at FROM tickets
 WHERE escalation_level > 0 AND status NOT IN ('resolved', 'closed');
`,
};
