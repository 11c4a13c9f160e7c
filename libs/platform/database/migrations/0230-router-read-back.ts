import type { SqlMigration } from '../migration.js';

/**
 * Routers are read back by turns, also when nobody changed anything: after a restore, or after somebody's hand, a router
 * may do something else than what it was seen to follow.
 */
export const routerReadBack: SqlMigration = {
  name: '0230-router-read-back',
  up: `
ALTER TABLE subscribers
  -- When it is read back next. Spread, so that those that exist do not all come at once.
  ADD read_back_at timestamptz NOT NULL DEFAULT now() + random() * interval '1 day',
  -- In what the router differed when it was last read back, and what it was to have there; NULL: in nothing.
  ADD router_seen text,
  ADD router_wanted text,
  ADD CONSTRAINT subscribers_router_differs CHECK ((router_seen IS NULL) = (router_wanted IS NULL));
CREATE INDEX subscribers_read_back ON subscribers (read_back_at) WHERE address IS NOT NULL AND convergence = 'confirmed';
CREATE INDEX subscribers_router_seen ON subscribers (service_id) WHERE router_seen IS NOT NULL;

ALTER TABLE network_drifts
  DROP CONSTRAINT network_drifts_kind_check,
  ADD CONSTRAINT network_drifts_kind_check
    CHECK (kind IN ('commercial', 'unconfirmed', 'router', 'closed', 'access', 'address', 'rate', 'unknown'));
`,
};
