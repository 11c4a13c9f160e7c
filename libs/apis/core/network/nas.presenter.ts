import type { NasView } from '@isp/domain/network';
import { toIsoSeconds } from '@isp/kernel';

export function presentNas(nas: NasView) {
  return {
    device_id: nas.deviceId,
    name: nas.name,
    address: nas.address,
    identifier: nas.identifier,
    updated_at: toIsoSeconds(nas.updatedAt),
  };
}
