import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork } from '@isp/platform/database';
import { NasRepository } from './nas.repository.js';
import type { NasView } from './nas.view.js';
import { RadiusVault } from './radius-vault.js';

const SECRET_BYTES = 24;

export interface SetNasInput {
  readonly actor: Actor;
  readonly deviceId: number;
  /** Source address of its packets, without prefix length. */
  readonly address: string;
  /** NAS-Identifier (RFC 2865), if it sends one. */
  readonly identifier?: string | null | undefined;
  readonly secret: string;
}

export interface ChangeNasInput {
  readonly actor: Actor;
  readonly deviceId: number;
  /** From `If-Match`; absent: whatever the version is. */
  readonly version?: number | undefined;
  readonly address?: string | undefined;
  readonly identifier?: string | null | undefined;
  readonly secret?: string | undefined;
}

/** Makes a device a client of the RADIUS server, which knows it at the next packet. */
@Injectable()
export class SetNas {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly nas: NasRepository,
    private readonly vault: RadiusVault,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws `network.nas.not_found`, `network.nas.address_taken` */
  execute({ actor, deviceId, address, identifier = null, secret }: SetNasInput): Promise<NasView> {
    return this.uow.run(actor, async () => {
      await this.nas.lock(deviceId);
      const nas = await this.nas.set(deviceId, { address, identifier, secret: this.seal(deviceId, secret) });
      this.note(actor, deviceId, 'nas.set', { address, identifier });
      return nas;
    });
  }

  /** Changes what is named. @throws `network.nas.not_found`, `network.nas.version_mismatch`, `network.nas.address_taken` */
  change({ actor, deviceId, version, address, identifier, secret }: ChangeNasInput): Promise<NasView> {
    return this.uow.run(actor, async () => {
      const before = await this.nas.lockNas(deviceId, version);
      const next = {
        address: address ?? before.address,
        identifier: identifier === undefined ? before.identifier : identifier,
      };
      const sealed = secret === undefined ? undefined : this.seal(deviceId, secret);
      const nas = await this.nas.set(deviceId, { ...next, secret: sealed });
      this.note(actor, deviceId, 'nas.change', { ...next, secret_changed: secret !== undefined });
      return nas;
    });
  }

  /** Gives a NAS a new secret, which is in the answer and nowhere else. @throws `network.nas.not_found` */
  rotate(actor: Actor, deviceId: number): Promise<NasView & { readonly secret: string }> {
    return this.uow.run(actor, async () => {
      const { address, identifier } = await this.nas.lockNas(deviceId);
      const secret = randomBytes(SECRET_BYTES).toString('base64url');
      const nas = await this.nas.set(deviceId, { address, identifier, secret: this.seal(deviceId, secret) });
      this.note(actor, deviceId, 'nas.rotate_secret', {});
      return { ...nas, secret };
    });
  }

  /** The device stays; the RADIUS server stops answering it. @throws `network.nas.not_found`, `network.nas.version_mismatch` */
  remove(actor: Actor, deviceId: number, version?: number): Promise<void> {
    return this.uow.run(actor, async () => {
      const { address } = await this.nas.lockNas(deviceId, version);
      await this.nas.clear(deviceId);
      this.note(actor, deviceId, 'nas.remove', { address });
    });
  }

  private seal(deviceId: number, secret: string): Buffer {
    return this.vault.seal(secret, { nas: deviceId });
  }

  private note(actor: Actor, id: number, action: string, changes: Readonly<Record<string, unknown>>): void {
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action, subject: { type: 'device', id }, changes });
  }
}
