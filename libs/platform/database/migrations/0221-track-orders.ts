import type { SqlMigration } from '../migration.js';

/** Work orders are tracked too; and what is said of a service in its order and its equipment is a change of the service. */
export const trackOrders: SqlMigration = {
  name: '0221-track-orders',
  up: `
CREATE TRIGGER track_new AFTER INSERT ON work_orders FOR EACH ROW EXECUTE FUNCTION track_change('work_order');
CREATE TRIGGER track_change AFTER UPDATE ON work_orders FOR EACH ROW WHEN (OLD.version IS DISTINCT FROM NEW.version)
  EXECUTE FUNCTION track_change('work_order');
INSERT INTO tracked_changes (kind, row_id, partner_id, changed_in, changed_at)
SELECT 'work_order', id, partner_id, pg_current_xact_id(), updated_at FROM work_orders;

CREATE FUNCTION track_change_of_service() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO tracked_changes (kind, row_id, partner_id, changed_in, changed_at)
  VALUES ('service', NEW.service_id, NEW.partner_id, pg_current_xact_id(), now())
  ON CONFLICT (kind, row_id) DO UPDATE SET changed_in = excluded.changed_in, changed_at = excluded.changed_at;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION track_change_of_service FROM PUBLIC;
CREATE TRIGGER track_change AFTER UPDATE ON orders FOR EACH ROW WHEN (OLD.version IS DISTINCT FROM NEW.version)
  EXECUTE FUNCTION track_change_of_service();
-- What is wanted, not how far the device has followed.
CREATE TRIGGER track_change AFTER UPDATE ON cpe_settings FOR EACH ROW WHEN (OLD.desired_version IS DISTINCT FROM NEW.desired_version)
  EXECUTE FUNCTION track_change_of_service();
`,
};
