import type { OrderedBundle, ServiceView } from '@isp/domain/services';
import { toIsoSeconds } from '@isp/kernel';

export function presentService(service: ServiceView) {
  return {
    id: service.id,
    customer_id: service.customerId,
    service_type: service.serviceType,
    plan_id: service.planId,
    bundle_id: service.bundleId,
    status: service.status,
    operational_status: service.operationalStatus,
    suspended_for: service.suspendedFor,
    speed_download_mbps: service.downloadMbps,
    speed_upload_mbps: service.uploadMbps,
    data_limit_gb: service.dataLimitGb,
    static_ip: service.staticIp,
    static_address: service.staticAddress,
    phone_number: service.phoneNumber,
    number_porting: service.numberPorting,
    features: service.features,
    monthly_fee: Number(service.monthlyAmount),
    activation_fee: Number(service.activationAmount),
    currency: service.currency,
    installation_address: service.installationAddress,
    notes: service.notes,
    created_at: toIsoSeconds(service.createdAt),
    updated_at: toIsoSeconds(service.updatedAt),
    scheduled_activation: service.scheduledActivation && toIsoSeconds(service.scheduledActivation),
    activated_at: service.activatedAt && toIsoSeconds(service.activatedAt),
    terminated_at: service.terminatedAt && toIsoSeconds(service.terminatedAt),
  };
}

/** The bundle with its parts. */
export function presentBundle({ bundle, parts }: OrderedBundle) {
  return { ...presentService(bundle), services: parts.map(presentService) };
}
