import type { ServiceDelta, InstallationAddress } from '@isp/domain/services';
import { upperUuid } from '@isp/kernel';
import { SERVICE_WORDS } from '../words.js';

export function presentServiceDelta(service: ServiceDelta) {
  return {
    service_id: upperUuid(service.guid),
    customer_name: service.customerName,
    full_address: service.installationAddress && lineOf(service.installationAddress),
    status: SERVICE_WORDS[service.status],
    product: service.productName,
    last_updated_date: service.updatedAt.toISOString(),
  };
}

function lineOf({ street, city, state, zip, country }: InstallationAddress): string {
  return [street, city, country, zip, state].filter((part) => part !== undefined && part !== '').join(', ');
}
