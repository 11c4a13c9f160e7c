import { Injectable } from '@nestjs/common';
import { SecretBox } from '@isp/platform/crypto';

/** What a device's credentials are called; a driver's documentation says which it wants. */
export const SECRET_NAMES = [
  'radius',
  'snmp_community',
  'snmp_auth_key',
  'snmp_priv_key',
  'ssh_password',
  'ssh_private_key',
  'api_password',
] as const;
export type SecretName = (typeof SECRET_NAMES)[number];
export type DeviceSecretValues = Readonly<Record<string, string>>;

/** Credentials of devices: one JSON object, sealed for the device's guid. */
@Injectable()
export class DeviceSecrets {
  constructor(private readonly box: SecretBox) {}

  seal(guid: string, secrets: DeviceSecretValues): string {
    return this.box.seal(JSON.stringify(secrets), place(guid));
  }

  open(guid: string, sealed: string | null): DeviceSecretValues {
    return sealed === null ? {} : (JSON.parse(this.box.open(sealed, place(guid))) as DeviceSecretValues);
  }
}

const place = (row: string) => ({ table: 'devices', column: 'secrets_sealed', row });
