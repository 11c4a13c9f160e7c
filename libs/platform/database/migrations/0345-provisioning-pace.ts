import type { SqlMigration } from '../migration.js';

/** An estimate counts with the workers that there are: jobs before one in the queue run side by side. */
export const provisioningPace: SqlMigration = {
  name: '0345-provisioning-pace',
  up: `
DROP FUNCTION provisioning_pace;
-- How fast provisioning goes, over everybody's jobs (an estimate that knew one partner's alone would know too little): the
-- median of what recent jobs took from their first start, how many pieces of work of at least that urgency wait, and how
-- many jobs went side by side: what all of them took, by the time in which at least one was under way.
CREATE FUNCTION provisioning_pace(least_priority smallint, OUT job_seconds float8, OUT jobs_ahead integer, OUT side_by_side float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY took), 0),
         (SELECT count(*)::integer FROM work_items
           WHERE queue = 'provisioning' AND status IN ('queued', 'running') AND not_before <= now() AND priority <= least_priority),
         greatest(1, sum(took) / nullif(sum(greatest(0, extract(epoch FROM finished_at - greatest(started_at, covered_until)))), 0))
    FROM (SELECT started_at, finished_at, extract(epoch FROM finished_at - started_at)::float8 AS took,
                 max(finished_at) OVER (ORDER BY started_at, finished_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_until
            FROM (SELECT started_at, finished_at FROM provisioning_jobs
                   WHERE status = 'succeeded' ORDER BY finished_at DESC LIMIT 200) recent) jobs
$$;
REVOKE ALL ON FUNCTION provisioning_pace FROM PUBLIC;
GRANT EXECUTE ON FUNCTION provisioning_pace TO isp_app;
`,
};
