import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretBox } from '@isp/platform/crypto';

const TABLE = 'webhook_endpoints';

/** The secrets of one endpoint as they are stored. */
export interface SealedSecrets {
  readonly guid: string;
  readonly secretSealed: string | null;
  readonly previousSecretSealed: string | null;
  readonly previousUntil: Date | null;
}

/** Secrets of endpoints: `whsec_` and 32 random bytes in base64 (Standard Webhooks), sealed in their column. */
@Injectable()
export class EndpointSecrets {
  constructor(private readonly box: SecretBox) {}

  create(guid: string): { readonly secret: string; readonly sealed: string } {
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    return { secret, sealed: this.box.seal(secret, { table: TABLE, column: 'secret_sealed', row: guid }) };
  }

  /** Moves a current secret to the column of the previous one. */
  retire(guid: string, sealed: string): string {
    const secret = this.box.open(sealed, { table: TABLE, column: 'secret_sealed', row: guid });
    return this.box.seal(secret, { table: TABLE, column: 'previous_secret_sealed', row: guid });
  }

  /** The secrets to sign with at an instant, the current one first. */
  open(sealed: SealedSecrets, at: Date): string[] {
    const { guid, secretSealed, previousSecretSealed, previousUntil } = sealed;
    if (secretSealed === null) throw new Error('a deleted endpoint has no secret');
    const current = this.box.open(secretSealed, { table: TABLE, column: 'secret_sealed', row: guid });
    if (previousSecretSealed === null || previousUntil === null || previousUntil <= at) return [current];
    return [
      current,
      this.box.open(previousSecretSealed, { table: TABLE, column: 'previous_secret_sealed', row: guid }),
    ];
  }
}
