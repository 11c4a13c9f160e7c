import type { SqlMigration } from '../migration.js';

// What a plan offers, as against what it is called and when it is sold.
const TERMS = [
  'download_mbps',
  'upload_mbps',
  'data_limit_gb',
  'fair_use_limit_gb',
  'throttled_download_mbps',
  'throttled_upload_mbps',
  'static_ip_available',
  'static_ip_monthly_amount',
  'monthly_amount',
  'activation_amount',
  'early_termination_amount',
  'currency',
  'tax_percent',
  'contract_months',
  'sla_uptime_percent',
  'bandwidth_profile',
  'voice',
];
const terms = (row = ''): string => TERMS.map((column) => row + column).join(', ');

/**
 * A plan keeps every version of what it offered, and a service names the one that it was sold. The versions are
 * written by the database itself, so that there is no plan without one and no way for the application to rewrite one.
 */
export const planVersions: SqlMigration = {
  name: '0080-plan-versions',
  up: `
ALTER TABLE subscribers DROP CONSTRAINT subscribers_bandwidth_profile_fkey;
ALTER TABLE bandwidth_profiles
  DROP CONSTRAINT bandwidth_profiles_pkey,
  ADD CONSTRAINT bandwidth_profiles_name_key UNIQUE (name),
  ADD id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ADD burst_download_kbps integer,
  ADD burst_upload_kbps integer,
  ADD description text,
  ADD status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
  ADD version integer NOT NULL DEFAULT 1,
  ADD created_at timestamptz NOT NULL DEFAULT now(),
  ADD updated_at timestamptz NOT NULL DEFAULT now(),
  ADD CHECK (burst_download_kbps >= download_kbps),
  ADD CHECK (burst_upload_kbps >= upload_kbps);
ALTER TABLE subscribers ADD FOREIGN KEY (bandwidth_profile) REFERENCES bandwidth_profiles (name);
CREATE INDEX bandwidth_profiles_filter ON bandwidth_profiles (status, id);
CREATE INDEX bandwidth_profiles_fitting ON bandwidth_profiles (download_kbps, upload_kbps) WHERE status = 'active';
GRANT UPDATE ON bandwidth_profiles TO isp_app;

-- The version becomes that of the offer; the row's own counter, for lost races, is the revision.
ALTER TABLE plans RENAME version TO revision;
ALTER TABLE plans
  ADD version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  ADD fair_use_limit_gb integer CHECK (fair_use_limit_gb > 0),
  ADD throttled_download_mbps numeric(9, 3) CHECK (throttled_download_mbps > 0),
  ADD throttled_upload_mbps numeric(9, 3) CHECK (throttled_upload_mbps > 0),
  ADD static_ip_available boolean NOT NULL DEFAULT false,
  ADD static_ip_monthly_amount numeric(14, 4) NOT NULL DEFAULT 0 CHECK (static_ip_monthly_amount >= 0),
  ADD early_termination_amount numeric(14, 4) NOT NULL DEFAULT 0 CHECK (early_termination_amount >= 0),
  ADD tax_percent numeric(6, 3) NOT NULL DEFAULT 0 CHECK (tax_percent BETWEEN 0 AND 100),
  ADD bandwidth_profile text REFERENCES bandwidth_profiles (name),
  ADD voice jsonb,
  ADD sold_from timestamptz,
  ADD sold_until timestamptz,
  ADD CHECK (sold_until >= sold_from),
  ADD CHECK (fair_use_limit_gb IS NULL OR (throttled_download_mbps IS NOT NULL AND throttled_upload_mbps IS NOT NULL)),
  ADD CHECK (voice IS NULL OR service_type = 'voice'),
  ADD UNIQUE (id, service_type);
-- Until now every internet plan sold static addresses, at no price.
UPDATE plans SET static_ip_available = true WHERE service_type = 'internet';
UPDATE plans SET sold_until = updated_at WHERE status = 'retired';
CREATE INDEX plans_by_profile ON plans (bandwidth_profile) WHERE bandwidth_profile IS NOT NULL;

CREATE TABLE plan_versions (
  plan_id integer NOT NULL REFERENCES plans,
  version integer NOT NULL,
  download_mbps integer,
  upload_mbps integer,
  data_limit_gb integer,
  fair_use_limit_gb integer,
  throttled_download_mbps numeric(9, 3),
  throttled_upload_mbps numeric(9, 3),
  static_ip_available boolean NOT NULL,
  static_ip_monthly_amount numeric(14, 4) NOT NULL,
  monthly_amount numeric(14, 4) NOT NULL,
  activation_amount numeric(14, 4) NOT NULL,
  early_termination_amount numeric(14, 4) NOT NULL,
  currency char(3) NOT NULL,
  tax_percent numeric(6, 3) NOT NULL,
  contract_months integer NOT NULL,
  sla_uptime_percent numeric(6, 3) NOT NULL,
  bandwidth_profile text REFERENCES bandwidth_profiles (name),
  voice jsonb,
  valid_from timestamptz NOT NULL,
  valid_until timestamptz CHECK (valid_until >= valid_from),
  PRIMARY KEY (plan_id, version)
);
CREATE UNIQUE INDEX plan_versions_current ON plan_versions (plan_id) WHERE valid_until IS NULL;
CREATE INDEX plan_versions_by_profile ON plan_versions (bandwidth_profile) WHERE bandwidth_profile IS NOT NULL;
GRANT SELECT ON plan_versions TO isp_app;
INSERT INTO plan_versions (plan_id, version, ${terms()}, valid_from)
  SELECT id, version, ${terms()}, created_at FROM plans;

CREATE FUNCTION record_plan_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  since timestamptz := NEW.created_at;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.version = OLD.version THEN
      IF (${terms('NEW.')}) IS DISTINCT FROM (${terms('OLD.')}) THEN
        RAISE 'what plan % offers cannot change within version %', NEW.id, NEW.version
          USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_new_terms_new_version';
      END IF;
      RETURN NULL;
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
      RAISE 'plan % goes from version % to the next alone', NEW.id, OLD.version
        USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_next_version';
    END IF;
    UPDATE plan_versions SET valid_until = greatest(NEW.updated_at, valid_from)
     WHERE plan_id = NEW.id AND version = OLD.version RETURNING valid_until INTO since;
  END IF;
  INSERT INTO plan_versions (plan_id, version, ${terms()}, valid_from)
    VALUES (NEW.id, NEW.version, ${terms('NEW.')}, since);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION record_plan_version FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_plan_version TO isp_app;
CREATE TRIGGER plans_record_version AFTER INSERT OR UPDATE ON plans
  FOR EACH ROW EXECUTE FUNCTION record_plan_version();

-- What a bundle is made of, version by version. The types travel in the keys: no bundle is part of a bundle, and
-- nothing but a bundle has parts.
CREATE TABLE plan_parts (
  plan_id integer NOT NULL,
  plan_version integer NOT NULL,
  plan_service_type text NOT NULL DEFAULT 'bundle' CHECK (plan_service_type = 'bundle'),
  position smallint NOT NULL,
  part_plan_id integer NOT NULL,
  part_service_type text NOT NULL CHECK (part_service_type IN ('internet', 'voice')),
  quantity smallint NOT NULL CHECK (quantity BETWEEN 1 AND 100),
  PRIMARY KEY (plan_id, plan_version, part_plan_id),
  FOREIGN KEY (plan_id, plan_version) REFERENCES plan_versions (plan_id, version),
  FOREIGN KEY (plan_id, plan_service_type) REFERENCES plans (id, service_type),
  FOREIGN KEY (part_plan_id, part_service_type) REFERENCES plans (id, service_type)
);
CREATE INDEX plan_parts_by_part ON plan_parts (part_plan_id);
GRANT SELECT, INSERT ON plan_parts TO isp_app;

ALTER TABLE services ADD plan_version integer;
UPDATE services s SET plan_version = p.version FROM plans p WHERE p.id = s.plan_id;
ALTER TABLE services
  ALTER plan_version SET NOT NULL,
  ADD FOREIGN KEY (plan_id, plan_version) REFERENCES plan_versions (plan_id, version);
-- Who sells without naming a version sells the one of that moment.
CREATE FUNCTION current_plan_version() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.plan_version := (SELECT version FROM plans WHERE id = NEW.plan_id);
  RETURN NEW;
END $$;
CREATE TRIGGER services_plan_version BEFORE INSERT ON services
  FOR EACH ROW WHEN (NEW.plan_version IS NULL) EXECUTE FUNCTION current_plan_version();

-- A version of a plan never changes, so neither may the speeds that it names; nor those of a running subscriber,
-- whoever's it is.
CREATE FUNCTION keep_profile_in_use() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM plan_versions WHERE bandwidth_profile = OLD.name)
     OR EXISTS (SELECT FROM subscribers WHERE bandwidth_profile = OLD.name) THEN
    RAISE 'bandwidth profile % is in use', OLD.name
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bandwidth_profiles_in_use';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION keep_profile_in_use FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_profile_in_use TO isp_app;
CREATE TRIGGER bandwidth_profiles_keep BEFORE UPDATE ON bandwidth_profiles FOR EACH ROW
  WHEN ((NEW.name, NEW.download_kbps, NEW.upload_kbps, NEW.burst_download_kbps, NEW.burst_upload_kbps)
        IS DISTINCT FROM (OLD.name, OLD.download_kbps, OLD.upload_kbps, OLD.burst_download_kbps, OLD.burst_upload_kbps))
  EXECUTE FUNCTION keep_profile_in_use();
`,
};
