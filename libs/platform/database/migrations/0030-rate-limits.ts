import type { SqlMigration } from '../migration.js';

/**
 * Counters of the rate limiter when there is no Redis. Unlogged: losing them in a crash costs one window's memory.
 * A row holds all windows of a key as rings of buckets, one ring behind the other.
 */
export const rateLimits: SqlMigration = {
  name: '0030-rate-limits',
  up: `
CREATE UNLOGGED TABLE public.rate_limits (
  key        text PRIMARY KEY,
  last_ms    bigint NOT NULL,
  oldest     bigint[] NOT NULL,
  totals     integer[] NOT NULL,
  counts     integer[] NOT NULL,
  expires_at timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

-- Takes up to p_wanted admissions from all windows (0: looks only). p_windows and p_buckets are milliseconds.
-- Answers {granted, present, used and reset of each window}, instants as epoch milliseconds.
CREATE FUNCTION public.rate_limit_take(
  p_key text, p_wanted integer, p_windows bigint[], p_buckets bigint[], p_limits integer[]
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  held     public.rate_limits;
  sizes    integer[] := '{}';
  answer   bigint[];
  now_ms   bigint;
  keep_ms  bigint := 0;
  granted  integer := p_wanted;
  base     integer := 0;
  size     integer;
  total    integer;
  slot     integer;
  freed    integer;
  needed   integer;
  bucket   bigint;
  reset_ms bigint;
BEGIN
  FOR i IN 1 .. cardinality(p_windows) LOOP
    sizes[i] := (p_windows[i] + p_buckets[i] - 1) / p_buckets[i] + 1;
    base := base + sizes[i];
    keep_ms := greatest(keep_ms, p_windows[i] + p_buckets[i]);
  END LOOP;

  LOOP
    IF p_wanted > 0 THEN
      SELECT * INTO held FROM public.rate_limits WHERE key = p_key FOR UPDATE;
    ELSE
      SELECT * INTO held FROM public.rate_limits WHERE key = p_key;
    END IF;
    EXIT WHEN FOUND;
    held := (p_key, 0, array_fill(0::bigint, ARRAY[cardinality(p_windows)]), array_fill(0, ARRAY[cardinality(p_windows)]),
             array_fill(0, ARRAY[base]), clock_timestamp());
    EXIT WHEN p_wanted <= 0;
    INSERT INTO public.rate_limits SELECT held.* ON CONFLICT (key) DO NOTHING;
  END LOOP;

  -- Read behind the lock, and never before what was seen: a clock set back frees nothing.
  now_ms := greatest(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint, held.last_ms);

  base := 0;
  FOR i IN 1 .. cardinality(p_windows) LOOP
    size := sizes[i];
    total := held.totals[i];
    bucket := held.oldest[i];
    WHILE total > 0 LOOP
      slot := base + (bucket % size)::integer + 1;
      EXIT WHEN bucket >= (now_ms - p_windows[i]) / p_buckets[i] AND held.counts[slot] > 0;
      total := total - held.counts[slot];
      held.counts[slot] := 0;
      bucket := bucket + 1;
    END LOOP;
    IF total = 0 THEN
      bucket := now_ms / p_buckets[i];
    END IF;
    held.totals[i] := total;
    held.oldest[i] := bucket;
    granted := greatest(0, least(granted, p_limits[i] - total));
    base := base + size;
  END LOOP;

  answer := ARRAY[granted, now_ms];
  base := 0;
  FOR i IN 1 .. cardinality(p_windows) LOOP
    size := sizes[i];
    slot := base + ((now_ms / p_buckets[i]) % size)::integer + 1;
    held.counts[slot] := held.counts[slot] + granted;
    held.totals[i] := held.totals[i] + granted;

    reset_ms := now_ms + p_windows[i];
    needed := greatest(1, held.totals[i] - p_limits[i] + 1);
    freed := 0;
    bucket := held.oldest[i];
    WHILE freed < held.totals[i] LOOP
      freed := freed + held.counts[base + (bucket % size)::integer + 1];
      bucket := bucket + 1;
      IF freed >= needed THEN
        reset_ms := bucket * p_buckets[i] + p_windows[i];
        EXIT;
      END IF;
    END LOOP;
    answer := answer || held.totals[i]::bigint || reset_ms;
    base := base + size;
  END LOOP;

  IF granted > 0 THEN
    UPDATE public.rate_limits
       SET last_ms = now_ms, oldest = held.oldest, totals = held.totals, counts = held.counts,
           expires_at = to_timestamp((now_ms + keep_ms) / 1000.0)
     WHERE key = p_key;
  END IF;
  RETURN answer;
END $$;

REVOKE ALL ON FUNCTION public.rate_limit_take(text, integer, bigint[], bigint[], integer[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.rate_limit_take(text, integer, bigint[], bigint[], integer[]) TO isp_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.rate_limits TO isp_app;
`,
};
