import { createHash } from 'node:crypto';
import { NOT_WAITED_FOR, type Statement, rowsOf, statement } from '@isp/platform/database';

/** Seconds after which handed-over work that nobody claimed is handed over again. */
export const REDISPATCH_SECONDS = 12;
/** Seconds that a claim holds without a heartbeat. */
export const LEASE_SECONDS = 8;
/** Seconds that work waits after its second death; with the lease it is still taken up within 20 s. */
const QUARANTINE_SECONDS = 10;
const SECOND_DEATH = `(status = 'running' AND deaths = 1)`;

/*
 * The id finds the row; its status is only checked, in a form for which no partial index offers itself. Plans are kept,
 * and one that was made while next to nothing was queued would walk the index of everything queued for ever after.
 */
const IS_QUEUED = `status = (SELECT 'queued')`;
const IS_RUNNING = `status = (SELECT 'running')`;

/*
 * In a form whose length no plan knows: one that is made for a list of two looks cheaper than the one that is kept for any
 * list, so a plan would be made with every call, which costs more than the call.
 */
const asked = (type: string, number: number): string => `(SELECT $${number}::${type}[])`;

/**
 * Turns published events into one piece of work per listener that they concern. The work counts as handed over: the
 * caller hands it over right after the commit, and what dies in between is taken as what the queue has lost.
 */
export function expanding(conditions: ReadonlyMap<string, string>): Statement {
  const cases = [...conditions].map(([listener, condition]) => `WHEN '${listener}' THEN ${condition}`);
  const concerned = cases.length > 0 ? `CASE r.listener ${cases.join(' ')} ELSE true END` : 'true';
  const text = `WITH batch AS (
     SELECT id, name, event_id, request_id, partner_id, payload FROM outbox WHERE relayed_at IS NULL
      ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED),
   work AS (
     INSERT INTO work_items (queue, name, payload, dedupe_key, request_id, due_at)
     SELECT 'events', 'platform.listener', jsonb_build_object('listener', r.listener, 'outbox_id', b.id::text),
            r.listener || ':' || b.event_id, b.request_id, now() + make_interval(secs => ${REDISPATCH_SECONDS})
       FROM batch b JOIN unnest($1::text[], $2::text[]) AS r(event, listener) ON r.event = b.name
      WHERE ${concerned}
      ORDER BY b.id
     ON CONFLICT DO NOTHING RETURNING id, queue, priority, payload),
   relayed AS (UPDATE outbox o SET relayed_at = now() FROM batch b WHERE o.id = b.id RETURNING o.id)
   SELECT (SELECT count(*)::integer FROM relayed) AS events,
          (SELECT coalesce(json_agg(json_build_object('id', w.id::text, 'queue', w.queue, 'priority', w.priority, 'deaths', 0, 'listener', w.payload->>'listener') ORDER BY w.id), '[]')
             FROM work w) AS work
     FROM ${NOT_WAITED_FOR}`;
  return statement(`outbox-expand-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`, text);
}

/**
 * Takes what is due: new work, work that the queue seems to have lost, and work whose claim lapsed because its process
 * died (that counts as a death and fences the old claim off). After its second death work sits out a while: kills that
 * follow each other closely must not look like its doing.
 */
export const TAKE_DUE = statement(
  'work-take-due',
  `WITH due AS (
     SELECT id FROM work_items WHERE status IN ('queued', 'running') AND due_at <= now()
      ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED),
   taken AS (
     UPDATE work_items w
        SET deaths = deaths + (status = 'running')::integer, epoch = epoch + (status = 'running')::integer,
            status = 'queued',
            not_before = CASE WHEN ${SECOND_DEATH} THEN now() + make_interval(secs => ${QUARANTINE_SECONDS}) ELSE not_before END,
            due_at = now() + make_interval(secs => CASE WHEN ${SECOND_DEATH} THEN ${QUARANTINE_SECONDS} ELSE ${REDISPATCH_SECONDS} END)
       FROM due, ${NOT_WAITED_FOR} WHERE w.id = due.id
     RETURNING w.id, w.queue, w.priority, w.deaths, w.not_before, w.payload)
   SELECT id::text, queue, priority, deaths, payload->>'listener' AS listener FROM taken WHERE not_before <= now()`,
);

/** Gives back what could not be handed to the queue. */
export const PUT_BACK = statement(
  'work-put-back',
  `UPDATE work_items SET due_at = now() + interval '1 second' WHERE id = ANY($1::bigint[]) AND ${IS_QUEUED}`,
);

/** Only as it was handed over: an old message must not run work, that has died since, among others. */
export const CLAIM = statement(
  'work-claim',
  `UPDATE work_items w
      SET status = 'running', epoch = epoch + 1, due_at = now() + make_interval(secs => ${LEASE_SECONDS}),
          started_at = coalesce(started_at, now())
     FROM unnest(${asked('bigint', 1)}) AS asked (id)
    WHERE w.id = asked.id AND w.${IS_QUEUED} AND w.deaths = $2 AND w.not_before <= now()
   RETURNING w.id::text, w.name, w.payload, w.epoch, w.deaths, w.failures, w.request_id AS "requestId"`,
);

/**
 * Prolongs the leases of what is still held, and answers that. A row that is locked is just being completed or fenced by
 * its run; to wait for it would make every other row that was prolonged already wait as well.
 */
export const HEARTBEAT = statement(
  'work-heartbeat',
  `WITH mine AS MATERIALIZED (
     SELECT w.id FROM work_items w JOIN unnest($1::bigint[], $2::integer[]) AS held(id, epoch) ON w.id = held.id
      WHERE w.epoch = held.epoch AND w.${IS_RUNNING}),
   free AS MATERIALIZED (
     SELECT w.id, w.epoch FROM work_items w JOIN unnest($1::bigint[], $2::integer[]) AS held(id, epoch) ON w.id = held.id
      WHERE w.epoch = held.epoch AND w.${IS_RUNNING} FOR NO KEY UPDATE OF w SKIP LOCKED),
   prolonged AS (
     UPDATE work_items w SET due_at = now() + make_interval(secs => ${LEASE_SECONDS}) FROM free WHERE w.id = free.id)
   SELECT id::text, id IN (SELECT id FROM free) AS prolonged FROM mine`,
);

/** One lease, waited for: of a run whose transaction holds its row for longer than a heartbeat. */
export const PROLONG = statement(
  'work-prolong',
  `UPDATE work_items SET due_at = now() + make_interval(secs => ${LEASE_SECONDS}) WHERE id = $1 AND epoch = $2 AND ${IS_RUNNING}`,
);

/** Answers the ids of those that are done now; who is missing was fenced off, and its transaction must not commit. */
export const COMPLETE = statement(
  'work-complete-all',
  `UPDATE work_items w SET status = 'succeeded', finished_at = now()
     FROM ${rowsOf('bigint', 'integer')} AS held(id, epoch)
    WHERE w.id = held.id AND w.epoch = held.epoch AND w.${IS_RUNNING}
   RETURNING w.id::text`,
);

/** Answers the ids of those whose claims still hold, and locks them: always in the same order, whoever holds which. */
export const FENCE = statement(
  'work-fence-all',
  `SELECT w.id::text FROM work_items w JOIN ${rowsOf('bigint', 'integer')} AS held(id, epoch) ON w.id = held.id
    WHERE w.epoch = held.epoch AND w.${IS_RUNNING} ORDER BY w.id FOR NO KEY UPDATE OF w`,
);

/** What a later death adds to is counted from here. It waits for, and is waited for by, the same as a fence. */
export const ADVANCE = statement(
  'work-advance',
  `UPDATE work_items SET deaths = 0 WHERE id = $1 AND epoch = $2 AND ${IS_RUNNING}`,
);

export const RETRY_LATER = statement(
  'work-retry-later',
  `UPDATE work_items SET status = 'queued', failures = failures + 1, last_error = $3,
          not_before = now() + make_interval(secs => $4::float8), due_at = now() + make_interval(secs => $4::float8)
    WHERE id = $1 AND epoch = $2 AND ${IS_RUNNING}`,
);

/** Not a failure: the work waits for something that is not ready for it. */
export const POSTPONE = statement(
  'work-postpone',
  `UPDATE work_items SET status = 'queued', not_before = now() + make_interval(secs => $3::float8),
          due_at = now() + make_interval(secs => $3::float8)
    WHERE id = $1 AND epoch = $2 AND status = 'running'`,
);

export const HAND_BACK = statement(
  'work-hand-back',
  `UPDATE work_items w SET status = 'queued', epoch = w.epoch + 1, due_at = now()
     FROM unnest($1::bigint[], $2::integer[]) AS held(id, epoch)
    WHERE w.id = held.id AND w.epoch = held.epoch AND w.${IS_RUNNING}`,
);

export const BURY = statement(
  'work-bury',
  `UPDATE work_items SET status = 'dead', failures = failures + $4, last_error = $3, finished_at = now()
    WHERE id = $1 AND epoch = $2 AND ${IS_RUNNING}`,
);

/** Claims each schedule that is due, for the whole fleet, and moves it on by whole periods of database time. */
export const TAKE_SCHEDULES = statement(
  'schedules-take',
  `WITH due AS (SELECT name FROM schedules WHERE next_run_at <= now() AND name = ANY($1) FOR UPDATE SKIP LOCKED),
   moved AS (
     UPDATE schedules s SET last_run_at = now(), next_run_at = s.next_run_at + make_interval(secs =>
              s.every_seconds * (floor(extract(epoch FROM now() - s.next_run_at) / s.every_seconds) + 1))
       FROM due WHERE s.name = due.name RETURNING s.name)
   INSERT INTO work_items (queue, name, payload, dedupe_key)
   SELECT 'schedules', 'platform.schedule', jsonb_build_object('schedule', name), name FROM moved
   ON CONFLICT DO NOTHING`,
);

export const SAVE_SCHEDULES = statement(
  'schedules-save',
  `INSERT INTO schedules (name, every_seconds) SELECT * FROM unnest($1::text[], $2::integer[])
   ON CONFLICT (name) DO UPDATE SET every_seconds = excluded.every_seconds
     WHERE schedules.every_seconds <> excluded.every_seconds`,
);
