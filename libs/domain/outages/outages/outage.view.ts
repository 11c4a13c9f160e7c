import { defineStates } from '@isp/kernel';

export const OUTAGE_STATUSES = ['open', 'recovering', 'resolved', 'cancelled', 'merged'] as const;
export type OutageStatus = (typeof OUTAGE_STATUSES)[number];

/** The life of an outage. What is resolved opens again only by a correction of a person. */
export const outageStates = defineStates<OutageStatus>({
  initial: 'open',
  transitions: {
    open: ['recovering', 'resolved', 'cancelled', 'merged'],
    recovering: ['open', 'resolved', 'cancelled', 'merged'],
    resolved: ['cancelled'],
    cancelled: [],
    merged: [],
  },
});

export interface OutageView {
  readonly id: number;
  /** One of the two: the highest thing that is down. */
  readonly deviceId: number | null;
  readonly nodeId: number | null;
  /** The device's or the node's. */
  readonly place: string;
  readonly origin: 'monitoring' | 'person';
  /** What customers read. */
  readonly title: string;
  readonly status: OutageStatus;
  readonly startedAt: Date;
  readonly detectedAt: Date;
  /** Null while it lasts. */
  readonly endedAt: Date | null;
  /** Of one that is recovering: when it counts as over, if nothing falls again. */
  readonly closesAt: Date | null;
  readonly flaps: number;
  readonly mergedIntoId: number | null;
  readonly ticketId: number | null;
  readonly affectedServices: number;
  readonly affectedCustomers: number;
  readonly openedBy: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const OUTAGE_COLUMNS = `o.id, o.device_id AS "deviceId", o.node_id AS "nodeId",
  coalesce((SELECT d.name FROM devices d WHERE d.id = o.device_id), (SELECT n.name FROM network_nodes n WHERE n.id = o.node_id)) AS place,
  o.origin, o.title, o.status, o.started_at AS "startedAt", o.detected_at AS "detectedAt", o.ended_at AS "endedAt",
  o.closes_at AS "closesAt", o.flaps, o.merged_into_id AS "mergedIntoId", o.ticket_id AS "ticketId",
  o.affected_services AS "affectedServices", o.affected_customers AS "affectedCustomers", o.opened_by AS "openedBy", o.version,
  o.created_at AS "createdAt", o.updated_at AS "updatedAt"`;

export interface OutageCorrectionView {
  readonly id: number;
  readonly at: Date;
  readonly correctedBy: string;
  readonly reason: string;
  readonly wasStartedAt: Date;
  readonly wasEndedAt: Date | null;
  readonly wasStatus: OutageStatus;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly status: OutageStatus;
}

/** A service behind what is down. */
export interface AffectedServiceView {
  readonly serviceId: number;
  readonly customerId: number;
  readonly partnerId: number;
}
