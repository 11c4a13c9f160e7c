/** A device as a client of the RADIUS server. Its secret is in no view. */
export interface NasView {
  readonly deviceId: number;
  readonly name: string;
  /** Where its packets come from. */
  readonly address: string;
  readonly identifier: string | null;
  readonly version: number;
  readonly updatedAt: Date;
}

export const NAS_COLUMNS = `id AS "deviceId", name, host(nas_address) AS address, nas_identifier AS identifier, version, updated_at AS "updatedAt"`;
