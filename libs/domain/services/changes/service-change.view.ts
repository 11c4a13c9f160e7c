import type { InstallationAddress } from '../services/service.entity.js';
import type { ServiceView } from '../services/service.view.js';

export type ChangeKind = 'plan' | 'relocate' | 'terminate' | 'pause' | 'resume';
export type ChangeStatus = 'scheduled' | 'applied' | 'cancelled' | 'failed';

/** What a change of plan was agreed to be; the amount is decimal text without tax. */
export interface PlanTerms {
  readonly plan_id: number;
  readonly plan_version: number;
  readonly from_plan_id: number;
  readonly monthly_amount: string;
  readonly download_mbps: number | null;
  readonly upload_mbps: number | null;
  readonly data_limit_gb: number | null;
}

/** What was agreed when the change was ordered, by its kind. */
export interface ChangeTerms {
  readonly plan: PlanTerms;
  readonly relocate: { readonly installation_address: InstallationAddress };
  readonly terminate: Readonly<Record<string, never>>;
  /** RFC 3339; null when a person is to resume. */
  readonly pause: { readonly until: string | null };
  readonly resume: Readonly<Record<string, never>>;
}

/** One change of a service, done or to come. */
export interface ServiceChangeView<K extends ChangeKind = ChangeKind> {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly kind: K;
  readonly effectiveAt: Date;
  readonly status: ChangeStatus;
  readonly terms: ChangeTerms[K];
  readonly reason: string | null;
  readonly error: string | null;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** A change with the service as it is now. */
export interface ChangedService {
  readonly change: ServiceChangeView;
  readonly service: ServiceView;
}

/** The columns of a view, for hand-written statements. */
export const CHANGE_COLUMNS = `c.id, c.partner_id AS "partnerId", c.customer_id AS "customerId", c.service_id AS "serviceId", c.kind,
  c.effective_at AS "effectiveAt", c.status, c.terms, c.reason, c.error, c.requested_by AS "requestedBy",
  c.created_at AS "createdAt", c.finished_at AS "finishedAt"`;
