import type { LevelFacts } from '../levels/level.types.js';

export const CLAIM_STATUSES = ['open', 'submitted', 'accepted', 'rejected', 'withdrawn'] as const;
export type ClaimStatus = (typeof CLAIM_STATUSES)[number];

/** What a supplier owes for a month of a contract in which less was delivered than was bought. */
export interface ClaimView {
  readonly id: number;
  readonly contractId: number;
  readonly contract: string;
  readonly supplierId: number;
  readonly supplier: string;
  /** IANA name: the clocks of its months. */
  readonly timeZone: string;
  /** The first day of its month, `YYYY-MM-DD`. */
  readonly period: string;
  readonly status: ClaimStatus;
  readonly downSeconds: number;
  readonly actualPercent: number | null;
  /** Decimal text, without tax: what is claimed; from `submitted` on what was sent. */
  readonly amount: string;
  /** What is measured now. */
  readonly measuredAmount: string;
  readonly currency: string;
  readonly arithmetic: string;
  readonly facts: LevelFacts;
  readonly settledAmount: string | null;
  readonly theirReference: string | null;
  readonly note: string | null;
  /** The last day on which the supplier must take it. */
  readonly submitBy: string;
  readonly submittedAt: Date | null;
  readonly settledAt: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const CLAIM_COLUMNS = `k.id, k.contract_id AS "contractId", c.reference AS contract, c.supplier_id AS "supplierId", s.name AS supplier, c.time_zone AS "timeZone",
  k.period::text AS period, k.status, k.down_seconds AS "downSeconds", k.actual_percent::float8 AS "actualPercent", k.amount::text AS amount,
  k.measured_amount::text AS "measuredAmount", k.currency, k.arithmetic, k.facts, k.settled_amount::text AS "settledAmount",
  k.their_reference AS "theirReference", k.note, k.submit_by::text AS "submitBy", k.submitted_at AS "submittedAt", k.settled_at AS "settledAt",
  k.version, k.created_at AS "createdAt", k.updated_at AS "updatedAt"`;
export const CLAIM_TABLES = `supplier_claims k JOIN supplier_contracts c ON c.id = k.contract_id JOIN suppliers s ON s.id = c.supplier_id`;
