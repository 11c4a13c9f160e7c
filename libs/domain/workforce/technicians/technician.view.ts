/** A place on earth, in degrees (WGS 84). */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

export const TECHNICIAN_STATUSES = ['active', 'inactive'] as const;
export type TechnicianStatus = (typeof TECHNICIAN_STATUSES)[number];

/** Somebody who goes out to customers. */
export interface TechnicianView {
  readonly id: number;
  /** The log-in of the same person. */
  readonly userId: number | null;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  /** IANA name: the clocks that shifts are told by. */
  readonly timeZone: string;
  /** Where a day begins. */
  readonly home: Place | null;
  readonly skills: readonly string[];
  /** Goes to these areas only; everywhere when there are none. */
  readonly areaIds: readonly number[];
  readonly status: TechnicianStatus;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The columns of a view, of `technicians t`. */
export const TECHNICIAN_COLUMNS = `t.id, t.user_id AS "userId", t.name, t.email, t.phone, t.time_zone AS "timeZone",
  CASE WHEN t.home_latitude IS NOT NULL
       THEN json_build_object('latitude', t.home_latitude::float8, 'longitude', t.home_longitude::float8) END AS home,
  t.skills, ARRAY(SELECT a.area_id::integer FROM technician_areas a WHERE a.technician_id = t.id ORDER BY a.area_id) AS "areaIds",
  t.status, t.version, t.created_at AS "createdAt", t.updated_at AS "updatedAt"`;
