import { BY_CONNECTIVITY } from '../areas/area.view.js';

/** The area of a row with `latitude` and `longitude`, the one that is furthest with its network when several cover it. */
export const AREA_OF_PLACE = (row: string): string =>
  `SELECT a.id FROM areas_covering(${row}.latitude, ${row}.longitude) c JOIN areas a ON a.id = c.area_id ORDER BY ${BY_CONNECTIVITY} LIMIT 1`;

/** What a premise is delivered with: its columns, and their types. */
export const DELIVERED = {
  full_text: 'text',
  name: 'text',
  street_number: 'text',
  street_name: 'text',
  intersection: 'text',
  plot_number: 'text',
  mdu_name: 'text',
  mdu_block: 'text',
  mdu_floor: 'text',
  mdu_unit: 'text',
  suburb: 'text',
  city: 'text',
  province: 'text',
  postal_code: 'text',
  country_code: 'text',
  latitude: 'numeric(9, 7)',
  longitude: 'numeric(10, 7)',
  reference: 'text',
  asset_reference: 'text',
  type_id: 'text',
} as const;

export type DeliveredColumn = keyof typeof DELIVERED;
export const DELIVERED_COLUMNS = Object.keys(DELIVERED) as readonly DeliveredColumn[];

const columns = (alias: string): string => DELIVERED_COLUMNS.map((name) => `${alias}.${name}`).join(', ');
const differing = `ROW(${columns('p')}) IS DISTINCT FROM ROW(${columns('i')})`;
const asJson = (alias: string): string =>
  `jsonb_build_object(${DELIVERED_COLUMNS.map((name) => `'${name}', ${alias}.${name}`).join(', ')})`;

/**
 * Brings premises to what was delivered, in one statement for a whole batch: `$1` a JSON array of rows (`row`, `key`,
 * `words` and the columns), `$2` the operator's guid, `$3` the actor. Rows that are as delivered are not touched; what
 * changes gets a version and an entry in its history. Answers the outcome of each row. (No part of it joins two others:
 * the planner knows nothing of their sizes.)
 */
export const DELIVER = `
WITH input AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS i (row integer, key text, words text, ${DELIVERED_COLUMNS.map((name) => `${name} ${DELIVERED[name]}`).join(', ')})),
known AS MATERIALIZED (
  SELECT i.*, coalesce(p.id, nextval('premises_id_seq')) AS id, p.id IS NULL AS fresh,
         coalesce(p.deleted_at IS NOT NULL, false) AS deleted, coalesce(p.id IS NOT NULL AND ${differing}, false) AS differs,
         p.latitude <> i.latitude OR p.longitude <> i.longitude AS elsewhere,
         CASE WHEN p.id IS NOT NULL AND ${differing} THEN ${asJson('p')} END AS was
    FROM input i LEFT JOIN premises p ON p.external_key = i.key),
changed AS (
  UPDATE premises p SET ${DELIVERED_COLUMNS.map((name) => `${name} = i.${name}`).join(', ')},
         search = array_to_tsvector(string_to_array(i.words, ' ')), deleted_at = NULL,
         area_id = CASE WHEN i.elsewhere OR i.deleted THEN (${AREA_OF_PLACE('i')}) ELSE p.area_id END,
         version = p.version + 1, updated_at = now()
    FROM known i WHERE p.id = i.id AND NOT i.fresh AND (i.differs OR i.deleted)
  RETURNING p.id, p.version, i.was, ${asJson('i')} AS becomes, i.deleted, i.words),
noted AS (
  INSERT INTO premise_history (premise_id, version, actor, changes)
  SELECT c.id, c.version, $3, coalesce((
           SELECT jsonb_object_agg(o.key, jsonb_build_array(o.value, c.becomes -> o.key))
             FROM jsonb_each(c.was) o WHERE o.value <> c.becomes -> o.key), '{}')
           || CASE WHEN c.deleted THEN '{"deleted": [true, false]}'::jsonb ELSE '{}'::jsonb END
    FROM changed c),
created AS (
  INSERT INTO premises (id, external_key, operator_id, area_id, ${DELIVERED_COLUMNS.join(', ')}, search) OVERRIDING SYSTEM VALUE
  SELECT i.id, i.key, $2, (${AREA_OF_PLACE('i')}), ${columns('i')}, array_to_tsvector(string_to_array(i.words, ' '))
    FROM known i WHERE i.fresh),
words AS (
  INSERT INTO premise_words AS w (word, addresses)
  SELECT x.word, sum(x.addresses)::integer FROM (
    SELECT unnest(string_to_array(i.words, ' ')) AS word, CASE WHEN i.fresh THEN 1 ELSE 0 END AS addresses
      FROM known i WHERE i.fresh OR i.differs OR i.deleted) x
   WHERE x.word !~ '[0-9]' GROUP BY 1 ORDER BY 1
  ON CONFLICT (word) DO UPDATE SET addresses = w.addresses + excluded.addresses WHERE excluded.addresses > 0)
SELECT i.row, i.id::float8 AS id, i.fresh AS created, i.differs OR i.deleted AS changed FROM known i`;
