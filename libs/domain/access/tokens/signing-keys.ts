import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { addSeconds, type Clock, monotonicMs } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { SecretBox } from '@isp/platform/crypto';
import { type Transaction, UnitOfWork, statement } from '@isp/platform/database';
import {
  ACCESS_TOKEN_SECONDS,
  CLOCK_SKEW_SECONDS,
  SIGNING_KEY_LEAD_SECONDS,
  SIGNING_KEY_SECONDS,
} from '../access.limits.js';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly createdAt: Date;
  readonly signsFrom: Date;
}

interface KeyRow {
  readonly kid: string;
  readonly privateKey: string;
  readonly createdAt: Date;
  readonly signsFrom: Date;
}

const KID = /^[A-Za-z0-9_-]{1,64}$/;
/** Keys are read again so often, and at an unknown key id no more often than that. */
const REFRESH_MS = 60_000;
const UNKNOWN_KID_MS = 1_000;

const LIST = statement(
  'access-signing-keys',
  `SELECT kid, private_key AS "privateKey", created_at AS "createdAt", signs_from AS "signsFrom"
     FROM signing_keys WHERE retired_at IS NULL OR retired_at > $1 ORDER BY signs_from DESC, kid`,
);
const LOCK = statement('access-signing-keys-lock', `SELECT pg_advisory_xact_lock(hashtext('access.signing_keys'))`);
const ADD = statement(
  'access-signing-keys-add',
  `INSERT INTO signing_keys (kid, alg, private_key, public_jwk, created_at, signs_from) VALUES ($1, 'ES256', $2, $3, $4, $5)`,
);
const RETIRE = statement(
  'access-signing-keys-retire',
  'UPDATE signing_keys SET retired_at = $2 WHERE kid <> $1 AND retired_at IS NULL',
);

/** The keys that access tokens are signed with (ES256, RFC 7518), held in memory; private halves are sealed at rest. */
@Injectable()
export class SigningKeys {
  private keys: readonly SigningKey[] = [];
  private readAt = -Infinity;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly box: SecretBox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The key to sign with now; the very first call of an installation makes it. */
  async current(): Promise<SigningKey> {
    await this.fresh(REFRESH_MS);
    if (this.keys.length === 0) await this.rotate();
    const now = this.clock.now();
    const signing = this.keys.find((key) => key.signsFrom <= now) ?? this.keys.at(-1);
    if (!signing) throw new Error('no signing key');
    return signing;
  }

  /** The public half of a key that is not retired. A key id only ever is a name to look up in memory. */
  async find(kid: unknown): Promise<KeyObject | undefined> {
    if (typeof kid !== 'string' || !KID.test(kid)) return undefined;
    await this.fresh(REFRESH_MS);
    const known = (): KeyObject | undefined => this.keys.find((key) => key.kid === kid)?.publicKey;
    if (known()) return known();
    await this.fresh(UNKNOWN_KID_MS);
    return known();
  }

  /**
   * Puts a new key into service when the newest is old, or at once when asked. The one before verifies until the last
   * token it signed has run out. Answers whether there is a new key.
   */
  async rotate({ force = false } = {}): Promise<boolean> {
    const rotated = await this.uow.outside(() =>
      this.uow.run(systemActor('access'), async (tx) => {
        await tx.query(LOCK);
        const now = this.clock.now();
        const [newest] = await tx.query<KeyRow>(LIST, [now]);
        if (newest && !force && newest.createdAt > addSeconds(now, -SIGNING_KEY_SECONDS)) return false;
        await this.add(tx, now, newest ? addSeconds(now, SIGNING_KEY_LEAD_SECONDS) : now);
        return true;
      }),
    );
    await this.read();
    return rotated;
  }

  private async add(tx: Transaction, now: Date, signsFrom: Date): Promise<void> {
    const kid = randomBytes(12).toString('base64url');
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const sealed = this.box.seal(pem, placeOf(kid));
    const lastToken = addSeconds(signsFrom, ACCESS_TOKEN_SECONDS + 2 * CLOCK_SKEW_SECONDS + REFRESH_MS / 1_000);
    await tx.execute(RETIRE, [kid, lastToken]);
    await tx.execute(ADD, [kid, sealed, JSON.stringify(publicKey.export({ format: 'jwk' })), now, signsFrom]);
  }

  private async fresh(maxAgeMs: number): Promise<void> {
    if (this.keys.length > 0 && monotonicMs() - this.readAt < maxAgeMs) return;
    await (this.reading ?? this.read());
  }

  private read(): Promise<void> {
    const startedAt = monotonicMs();
    const reading = this.uow
      .outside(() => this.uow.run(systemActor('access'), (tx) => tx.query<KeyRow>(LIST, [this.clock.now()])))
      .then((rows) => {
        this.keys = rows.map((row) => this.keys.find((key) => key.kid === row.kid) ?? this.open(row));
        this.readAt = startedAt;
      })
      .finally(() => {
        this.reading = undefined;
      });
    this.reading = reading;
    return reading;
  }

  private open(row: KeyRow): SigningKey {
    const privateKey = createPrivateKey(this.box.open(row.privateKey, placeOf(row.kid)));
    const { kid, createdAt, signsFrom } = row;
    return { kid, privateKey, publicKey: createPublicKey(privateKey), createdAt, signsFrom };
  }
}

function placeOf(kid: string) {
  return { table: 'signing_keys', column: 'private_key', row: kid };
}
