import type { SqlMigration } from '../migration.js';

/**
 * Several keys in one statement, so that requests which meet share a round trip, its transaction and its commit. What
 * `rate_limit_take` says of a key holds for each: a row holds all windows as rings of buckets, one ring behind the other.
 *
 * The keys must come in one order everywhere, each once: rows are locked as they come. `p_limits` has the limits of all
 * windows key by key. Rows are answered in the order of the keys. The counts are kept in a variable of their own while
 * they change: a field of a record would be copied at each assignment. `rate_limit_take` stays for processes of the version
 * before, which take the same rows.
 */
export const rateLimitTakes: SqlMigration = {
  name: '0350-rate-limit-takes',
  up: `
CREATE FUNCTION public.rate_limit_takes(
  p_keys text[], p_wanted integer[], p_windows bigint[], p_buckets bigint[], p_limits integer[]
) RETURNS SETOF bigint[] LANGUAGE plpgsql AS $$
<<own>>
DECLARE
  n        integer := cardinality(p_windows);
  sizes    integer[] := '{}';
  bases    integer[] := '{}';
  slots    integer := 0;
  keep_ms  bigint := 0;
  held     record;
  seen_ms  bigint;
  now_ms   bigint;
  oldest   bigint[];
  totals   integer[];
  counts   integer[];
  answer   bigint[];
  granted  integer;
  total    integer;
  base     integer;
  size     integer;
  slot     integer;
  freed    integer;
  needed   integer;
  width    bigint;
  bucket   bigint;
  reset_ms bigint;
BEGIN
  FOR i IN 1 .. n LOOP
    bases[i] := slots;
    sizes[i] := (p_windows[i] + p_buckets[i] - 1) / p_buckets[i] + 1;
    slots := slots + sizes[i];
    keep_ms := greatest(keep_ms, p_windows[i] + p_buckets[i]);
  END LOOP;

  FOR k IN 1 .. cardinality(p_keys) LOOP
    granted := p_wanted[k];
    LOOP
      IF granted > 0 THEN
        SELECT r.last_ms, r.oldest, r.totals, r.counts INTO held FROM public.rate_limits r WHERE r.key = p_keys[k] FOR UPDATE;
      ELSE
        SELECT r.last_ms, r.oldest, r.totals, r.counts INTO held FROM public.rate_limits r WHERE r.key = p_keys[k];
      END IF;
      IF FOUND THEN
        seen_ms := held.last_ms; oldest := held.oldest; totals := held.totals; counts := held.counts;
        EXIT;
      END IF;
      seen_ms := 0; oldest := array_fill(0::bigint, ARRAY[n]); totals := array_fill(0, ARRAY[n]); counts := array_fill(0, ARRAY[slots]);
      EXIT WHEN granted <= 0;
      INSERT INTO public.rate_limits (key, last_ms, oldest, totals, counts, expires_at)
      VALUES (p_keys[k], 0, oldest, totals, counts, clock_timestamp()) ON CONFLICT (key) DO NOTHING;
    END LOOP;

    -- Read behind the lock, and never before what was seen: a clock set back frees nothing.
    now_ms := greatest(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint, seen_ms);

    FOR i IN 1 .. n LOOP
      base := bases[i]; size := sizes[i]; width := p_buckets[i]; total := totals[i]; bucket := oldest[i];
      WHILE total > 0 LOOP
        slot := base + (bucket % size)::integer + 1;
        EXIT WHEN bucket >= (now_ms - p_windows[i]) / width AND counts[slot] > 0;
        IF counts[slot] > 0 THEN
          total := total - counts[slot];
          counts[slot] := 0;
        END IF;
        bucket := bucket + 1;
      END LOOP;
      IF total = 0 THEN
        bucket := now_ms / width;
      END IF;
      totals[i] := total;
      oldest[i] := bucket;
      granted := greatest(0, least(granted, p_limits[(k - 1) * n + i] - total));
    END LOOP;

    answer := ARRAY[granted, now_ms];
    FOR i IN 1 .. n LOOP
      base := bases[i]; size := sizes[i]; width := p_buckets[i]; total := totals[i];
      IF granted > 0 THEN
        slot := base + ((now_ms / width) % size)::integer + 1;
        counts[slot] := counts[slot] + granted;
        total := total + granted;
        totals[i] := total;
      END IF;
      reset_ms := now_ms + p_windows[i];
      needed := greatest(1, total - p_limits[(k - 1) * n + i] + 1);
      freed := 0;
      bucket := oldest[i];
      WHILE freed < total LOOP
        freed := freed + counts[base + (bucket % size)::integer + 1];
        bucket := bucket + 1;
        IF freed >= needed THEN
          reset_ms := bucket * width + p_windows[i];
          EXIT;
        END IF;
      END LOOP;
      answer := answer || total::bigint || reset_ms;
    END LOOP;

    IF granted > 0 THEN
      UPDATE public.rate_limits r
         SET last_ms = now_ms, oldest = own.oldest, totals = own.totals, counts = own.counts,
             expires_at = to_timestamp((now_ms + keep_ms) / 1000.0)
       WHERE r.key = p_keys[k];
    END IF;
    RETURN NEXT answer;
  END LOOP;
END $$;

REVOKE ALL ON FUNCTION public.rate_limit_takes(text[], integer[], bigint[], bigint[], integer[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.rate_limit_takes(text[], integer[], bigint[], bigint[], integer[]) TO isp_app;
`,
};
