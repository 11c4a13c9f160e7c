import type { BundlePart } from '@isp/domain/services';
import type { CreateBundleBody, CreateInternetBody, CreateVoiceBody, ServicesQuery } from './service.schema.js';

type Common = Pick<CreateInternetBody, 'installation_address' | 'scheduled_activation' | 'notes'>;
type Internet = Omit<CreateInternetBody, keyof Common>;
type Voice = Omit<CreateVoiceBody, keyof Common>;

/** What every order says, in the domain's words. */
export function termsOf(body: Common) {
  return {
    installationAddress: body.installation_address,
    scheduledActivation: body.scheduled_activation,
    notes: body.notes,
  };
}

export function internetOf(body: Internet) {
  return {
    planId: body.plan_id,
    downloadMbps: body.speed_download_mbps,
    uploadMbps: body.speed_upload_mbps,
    dataLimitGb: body.data_limit_gb,
    staticIp: body.static_ip,
  };
}

export function voiceOf(body: Voice) {
  const features = Object.entries(body.features ?? {}).filter(
    (entry): entry is [string, boolean] => entry[1] !== undefined,
  );
  return {
    planId: body.plan_id,
    phoneNumber: body.phone_number,
    numberPorting: body.number_porting,
    features: Object.fromEntries(features),
  };
}

export function partOf(part: CreateBundleBody['services'][number]): BundlePart {
  return part.service_type === 'internet'
    ? { serviceType: 'internet', ...internetOf(part) }
    : { serviceType: 'voice', ...voiceOf(part) };
}

export function filterOf(query: ServicesQuery) {
  return {
    customerId: query.customer_id,
    status: query.status,
    serviceType: query.service_type,
    planId: query.plan_id,
    operationalStatus: query.operational_status,
    bundleId: query.bundle_id,
    phoneNumber: query.phone_number,
    createdFrom: query.created_from,
    createdTo: query.created_to,
  };
}
