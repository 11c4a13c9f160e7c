import type { ServiceView } from '@isp/domain/services';
import { toIsoSeconds } from '@isp/kernel';

export function presentService(service: ServiceView) {
  return {
    id: service.id,
    customer_id: service.customerId,
    service_type: service.serviceType,
    plan_id: service.planId,
    status: service.status,
    operational_status: service.operationalStatus,
    speed_download_mbps: service.downloadMbps,
    speed_upload_mbps: service.uploadMbps,
    data_limit_gb: service.dataLimitGb,
    static_ip: service.staticIp,
    monthly_fee: Number(service.monthlyAmount),
    activation_fee: Number(service.activationAmount),
    currency: service.currency,
    installation_address: service.installationAddress,
    notes: service.notes,
    created_at: toIsoSeconds(service.createdAt),
    updated_at: toIsoSeconds(service.updatedAt),
    scheduled_activation: service.scheduledActivation && toIsoSeconds(service.scheduledActivation),
    activated_at: service.activatedAt && toIsoSeconds(service.activatedAt),
  };
}
