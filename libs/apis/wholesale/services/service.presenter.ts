import type { LineSecrets } from '@isp/domain/network';
import type { LineView } from '@isp/domain/ordering';
import type { PartnerView } from '@isp/domain/partners';
import { upperUuid } from '@isp/kernel';
import { toIsoOffset, toOrderFlowTime } from '../dates.js';
import { SERVICE_STATUS_IDS, SERVICE_WORDS } from '../words.js';

export type Owner = Pick<PartnerView, 'guid' | 'timeZone'>;

/** How a service is configured: over PPPoE, the only way there is. */
const PPPOE_CONFIGURATION = 1;

const guid = (text: string | null): string | null => text && upperUuid(text);
const iso = (instant: Date | null): string | null => instant && toIsoOffset(instant, 'UTC');

/** A service in a list of services. */
export function presentListedService(line: LineView, owner: Owner) {
  return {
    id: upperUuid(line.guid),
    customer_id: upperUuid(line.customerGuid),
    product_id: upperUuid(line.productGuid),
    provider_id: upperUuid(owner.guid),
    premise_id: guid(line.premiseGuid),
    provisioned_date: iso(line.activatedAt),
    sales_agent: line.createdBy,
    created_at: toIsoOffset(line.createdAt, 'UTC'),
    updated_at: toIsoOffset(line.updatedAt, 'UTC'),
    created_by_id: guid(line.createdByGuid),
    status: SERVICE_WORDS[line.status],
  };
}

/** A service with everything that the order flow tells of it, fields in the order of its document. */
export function presentService(line: LineView, secrets: LineSecrets | undefined, owner: Owner) {
  const time = (instant: Date | null): string | null => instant && toOrderFlowTime(instant, owner.timeZone);
  const { terminatedAt } = line;
  return {
    id: upperUuid(line.guid),
    customer_id: upperUuid(line.customerGuid),
    product_id: upperUuid(line.productGuid),
    provider_id: upperUuid(owner.guid),
    premise_id: guid(line.premiseGuid),
    // Where there is no network yet nothing can be ordered.
    preorder: false,
    isp_reference: line.ispReference,
    reference_code: line.workOrderReference,
    port_number: line.portNumber,
    ...accessOf(line, secrets),
    provisioned: line.activatedAt !== null,
    provisioned_date: time(line.activatedAt),
    on_network: line.online,
    on_network_date: time(line.firstOnlineAt),
    completed: line.installedAt !== null,
    completed_date: time(line.installedAt),
    cancelled: terminatedAt !== null,
    cancelled_date: time(terminatedAt),
    expiry_date: time(line.expiresAt),
    promo_code: line.promoCode,
    sales_agent: line.createdBy,
    sales_channel_id: null,
    termination_cause_id: null,
    deleted_at: null,
    created_at: time(line.createdAt),
    auto_configured: line.cpeState && line.cpeState === 'confirmed',
    cancellation_reason: line.endReason,
    status_id: SERVICE_STATUS_IDS[line.status],
    start_date: time(line.startsAt),
    config_info: configOf(line),
    suspended_date: time(line.suspendedAt),
    updated_at: time(line.updatedAt),
    created_by_id: guid(line.createdByGuid),
    // Subscribers log in over PPPoE.
    dhcp_enabled: false,
    rica_validated: null,
    last_network_check: time(line.lastAskedAt),
    level: null,
    service_configuration_id: PPPOE_CONFIGURATION,
    ...addressesOf(line),
    deleted_date: null,
    status: SERVICE_WORDS[line.status],
    serial_number: line.serialNumber,
  };
}

function accessOf(line: LineView, secrets: LineSecrets | undefined) {
  return {
    pppoe_username: line.pppoeUsername,
    pppoe_password: secrets?.pppoePassword ?? null,
    pppoe_ip_address: line.address,
    wifi_username: line.wifiName,
    wifi_password: secrets?.wifiPassword ?? null,
  };
}

function addressesOf({ publicAddress, delegatedPrefix, ipv6Prefix }: LineView) {
  return { ip_v4_public: publicAddress, ip_v6_public: delegatedPrefix, pppoe_v6_address: ipv6Prefix };
}

function configOf({ bandSteering }: LineView): string | null {
  if (bandSteering === null) return null;
  return `<config_info><enable_band_steering>${bandSteering}</enable_band_steering></config_info>`;
}
