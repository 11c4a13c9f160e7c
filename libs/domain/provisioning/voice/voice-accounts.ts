import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ServiceView } from '@isp/domain/services';
import { SecretBox } from '@isp/platform/crypto';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { jobErrors } from '../jobs/job.errors.js';
import type { VoiceAccount } from './voice-driver.port.js';

// Opened again, an account keeps its password.
const OPEN = statement(
  'voice-accounts-open',
  `INSERT INTO voice_accounts AS a (service_id, partner_id, customer_id, username, password_sealed)
   VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (service_id) DO UPDATE SET username = excluded.username, status = 'open', updated_at = now()
   RETURNING a.password_sealed AS sealed`,
);
const READ = statement(
  'voice-accounts-read',
  `SELECT username, password_sealed AS sealed FROM voice_accounts WHERE service_id = $1 AND status = 'open'`,
);
// A number that is somebody else's by now is theirs.
const GONE = statement(
  'voice-accounts-gone',
  `SELECT a.username FROM voice_accounts a
    WHERE a.service_id = $1
      AND (a.status = 'closed' OR EXISTS (SELECT FROM services s WHERE s.id = a.service_id AND s.status = 'terminated'))
      AND NOT EXISTS (SELECT FROM voice_accounts o WHERE o.username = a.username AND o.status = 'open' AND o.service_id <> a.service_id)`,
);
const CLOSE = statement(
  'voice-accounts-close',
  `UPDATE voice_accounts SET status = 'closed', updated_at = now() WHERE service_id = $1`,
);

/** An account as the softswitch is to have it, with its password in clear: not to be logged or recorded. */
export interface OpenedVoiceAccount {
  readonly account: VoiceAccount;
  readonly password: string;
}

interface Row {
  readonly username: string;
  readonly sealed: string;
}

/** SIP accounts of voice services, passwords made here and sealed at rest. All in the caller's transaction. */
@Injectable()
export class VoiceAccounts {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly secrets: SecretBox,
  ) {}

  /** Called again it answers the same. @throws `provisioning.voice.no_number`, `provisioning.voice.number_taken` */
  async open(service: ServiceView): Promise<OpenedVoiceAccount> {
    const { id, partnerId, customerId, phoneNumber } = service;
    if (phoneNumber === null) throw jobErrors('provisioning.voice.no_number');
    const sealed = this.secrets.seal(randomBytes(24).toString('base64url'), placeOf(id));
    try {
      const row = await this.uow.tx.one<Row>(OPEN, [id, partnerId, customerId, phoneNumber, sealed]);
      return this.opened(service, { username: phoneNumber, sealed: row?.sealed ?? sealed });
    } catch (error) {
      if (violatedConstraint(error) === 'voice_accounts_username') throw jobErrors('provisioning.voice.number_taken');
      throw error;
    }
  }

  /** The account of a service as it is to be now; undefined when it has none or it was closed. */
  async current(service: ServiceView): Promise<OpenedVoiceAccount | undefined> {
    const row = await this.uow.tx.one<Row>(READ, [service.id]);
    return row && this.opened(service, row);
  }

  async isOpen(serviceId: number): Promise<boolean> {
    return (await this.uow.tx.one(READ, [serviceId])) !== undefined;
  }

  /** The number of a service that is over, which the softswitch is not to know; undefined when there is none. */
  async numberOfGone(serviceId: number): Promise<string | undefined> {
    return (await this.uow.tx.one<{ username: string }>(GONE, [serviceId]))?.username;
  }

  async close(serviceId: number): Promise<void> {
    await this.uow.tx.execute(CLOSE, [serviceId]);
  }

  private opened({ id, features, suspendedFor }: ServiceView, { username, sealed }: Row): OpenedVoiceAccount {
    const account = { number: username, features: features ?? {}, mayCall: suspendedFor.length === 0 };
    return { account, password: this.secrets.open(sealed, placeOf(id)) };
  }
}

const placeOf = (serviceId: number) => ({ table: 'voice_accounts', column: 'password_sealed', row: serviceId });
