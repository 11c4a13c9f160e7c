import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { SecretBox } from '@isp/platform/crypto';
import { UnitOfWork, statement } from '@isp/platform/database';
import { RadiusVault } from './radius-vault.js';

const ACTOR = systemActor('radius');
const BATCH = 2_000;

// The end is where it was last seen: what we know of it is no more than that.
const SWEEP = statement(
  'radius-sweep',
  `UPDATE radius.radacct SET acctstoptime = acctupdatetime, acctterminatecause = 'Lost-Carrier', closed_by = 'silence'
    WHERE radacctid = ANY (ARRAY(
      SELECT radacctid FROM radius.radacct
       WHERE acctstoptime IS NULL AND heard_at < now() - make_interval(secs => (SELECT 3 * interim_seconds FROM radius.settings))
       LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`,
);
const UNSEALED = statement(
  'radius-unsealed',
  `SELECT service_id AS "serviceId", password_sealed AS sealed FROM subscribers WHERE password_radius IS NULL ORDER BY id LIMIT ${BATCH}`,
);
const OLD_KEY = statement(
  'radius-old-key',
  `SELECT service_id AS "serviceId", password_sealed AS sealed FROM subscribers
    WHERE substr(password_radius, 1, 5) <> $1 ORDER BY id LIMIT ${BATCH}`,
);
// Not over a password that was changed meanwhile.
const SEAL = statement(
  'radius-seal',
  `UPDATE subscribers s SET password_radius = n.radius FROM unnest($1::integer[], $2::text[], $3::bytea[]) n (service_id, sealed, radius)
    WHERE s.service_id = n.service_id AND s.password_sealed = n.sealed`,
);
const OLD_NAS = statement(
  'radius-old-nas',
  'SELECT id, nas_secret AS secret FROM devices WHERE substr(nas_secret, 1, 5) <> $1 FOR UPDATE',
);
const SEAL_NAS = statement('radius-seal-nas', 'UPDATE devices SET nas_secret = $2 WHERE id = $1');

interface Unsealed {
  readonly serviceId: number;
  readonly sealed: string;
}

/** What nobody else does: ends sessions that fell silent, seals again under the newest key. */
@Injectable()
export class TendRadius {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly secrets: SecretBox,
    private readonly vault: RadiusVault,
  ) {}

  /** Ends sessions that were silent for three interim intervals, at their last update. */
  async sweep(): Promise<void> {
    await this.inBatches(() => this.uow.run(ACTOR, (tx) => tx.execute(SWEEP)));
  }

  /** Passwords that the RADIUS server cannot open yet, or only with a key that is on its way out. */
  async seal(): Promise<void> {
    await this.inBatches(() => this.resealed(() => this.uow.tx.query<Unsealed>(UNSEALED)));
    await this.inBatches(() => this.resealed(() => this.uow.tx.query<Unsealed>(OLD_KEY, [this.vault.activeHead])));
    await this.uow.run(ACTOR, async (tx) => {
      const old = await tx.query<{ id: number; secret: Buffer }>(OLD_NAS, [this.vault.activeHead]);
      for (const { id, secret } of old) {
        const place = { nas: id };
        await tx.execute(SEAL_NAS, [id, this.vault.seal(this.vault.open(secret, place), place)]);
      }
    });
  }

  private resealed(find: () => Promise<Unsealed[]>): Promise<number> {
    return this.uow.run(ACTOR, async (tx) => {
      const rows = await find();
      const sealed = rows.map(({ serviceId, sealed: text }) =>
        this.vault.seal(this.secrets.open(text, { table: 'subscribers', column: 'password_sealed', row: serviceId }), {
          subscriberOf: serviceId,
        }),
      );
      if (rows.length === 0) return 0;
      return tx.execute(SEAL, [rows.map((row) => row.serviceId), rows.map((row) => row.sealed), sealed]);
    });
  }

  private async inBatches(work: () => Promise<number>): Promise<void> {
    while ((await work()) === BATCH);
  }
}
