import type { SqlMigration } from '../migration.js';

/** Files of areas and addresses that were handed in, how far each has got, and what became of every row. */
export const premiseImports: SqlMigration = {
  name: '0181-premise-imports',
  up: `
CREATE TABLE premise_imports (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('addresses_csv', 'coverage_geojson', 'coverage_kml')),
  file_name text NOT NULL DEFAULT '',
  dry_run boolean NOT NULL,
  -- What areas are that do not say it themselves.
  connectivity text CHECK (connectivity IN ('live', 'building', 'planned')),
  -- receiving: its content is still on its way.
  status text NOT NULL DEFAULT 'receiving'
    CHECK (status IN ('receiving', 'queued', 'running', 'succeeded', 'failed', 'cancelled')),
  digest text,
  bytes bigint NOT NULL DEFAULT 0,
  -- Rows that are done, in the transaction that did them: a run that was cut short goes on behind them.
  position integer NOT NULL DEFAULT 0,
  bytes_done bigint NOT NULL DEFAULT 0,
  created integer NOT NULL DEFAULT 0,
  changed integer NOT NULL DEFAULT 0,
  unchanged integer NOT NULL DEFAULT 0,
  rejected integer NOT NULL DEFAULT 0,
  error text,
  requested_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz,
  CHECK ((status IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
);
CREATE INDEX premise_imports_by_status ON premise_imports (status, id DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON premise_imports TO isp_app;
CREATE TRIGGER operator_writes BEFORE INSERT OR UPDATE OR DELETE ON premise_imports EXECUTE FUNCTION tenancy.operator_writes();

-- The file, until its import is over.
CREATE TABLE premise_import_chunks (
  import_id integer NOT NULL REFERENCES premise_imports ON DELETE CASCADE,
  number integer NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (import_id, number)
);
ALTER TABLE premise_import_chunks ALTER content SET STORAGE EXTERNAL;
GRANT SELECT, INSERT, DELETE ON premise_import_chunks TO isp_app;
CREATE TRIGGER operator_writes BEFORE INSERT OR UPDATE OR DELETE ON premise_import_chunks EXECUTE FUNCTION tenancy.operator_writes();

CREATE TABLE premise_import_rows (
  import_id integer NOT NULL REFERENCES premise_imports ON DELETE CASCADE,
  -- Of a CSV file the line in which the row begins, of the others the number of the feature.
  row integer NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('created', 'changed', 'unchanged', 'rejected')),
  -- The area or premise; none for what was rejected or only tried.
  subject_id bigint,
  message text,
  PRIMARY KEY (import_id, row)
);
CREATE INDEX premise_import_rows_rejected ON premise_import_rows (import_id, row) WHERE outcome = 'rejected';
GRANT SELECT, INSERT, DELETE ON premise_import_rows TO isp_app;
CREATE TRIGGER operator_writes BEFORE INSERT OR UPDATE OR DELETE ON premise_import_rows EXECUTE FUNCTION tenancy.operator_writes();
`,
};
