import type { Service } from './service.entity.js';

/** A service as others see it. Amounts are decimal text without tax. */
export type ServiceView = Readonly<Omit<Service, never>>;

/** The columns of a view, for hand-written statements. */
export const SERVICE_COLUMNS = `s.id, s.guid, s.partner_id AS "partnerId", s.customer_id AS "customerId", s.bundle_id AS "bundleId",
  s.service_type AS "serviceType", s.plan_id AS "planId", s.plan_version AS "planVersion", s.status, s.operational_status AS "operationalStatus",
  s.suspended_for AS "suspendedFor", s.download_mbps AS "downloadMbps", s.upload_mbps AS "uploadMbps",
  s.data_limit_gb AS "dataLimitGb", s.static_ip AS "staticIp", host(s.static_address) AS "staticAddress",
  s.phone_number AS "phoneNumber", s.number_porting AS "numberPorting", s.features,
  s.monthly_amount::text AS "monthlyAmount", s.activation_amount::text AS "activationAmount",
  s.currency, s.installation_address AS "installationAddress", s.scheduled_activation AS "scheduledActivation", s.notes,
  s.activated_at AS "activatedAt", s.terminated_at AS "terminatedAt", s.version, s.created_at AS "createdAt",
  s.updated_at AS "updatedAt"`;
