import { createHmac } from 'node:crypto';
import { hmacSha256Hex } from '@isp/platform/crypto';

const PREFIX = 'whsec_';

export interface SignedMessage {
  /** The same on every try: what a receiver tells repeats by. */
  readonly id: string;
  /** The exact text of the body. */
  readonly body: string;
  /** The current secret first, then the one before it while it still counts. */
  readonly secrets: readonly string[];
  readonly at: Date;
}

/**
 * The headers that prove where a delivery comes from: Standard Webhooks (key: the decoded bytes behind `whsec_`, one
 * `v1` signature per secret over `id.timestamp.body`), and `X-ISP-Signature` over the body alone (key: the whole text
 * of the current secret, `whsec_` included, as UTF-8).
 */
export function signatureHeaders({ id, body, secrets, at }: SignedMessage): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signed = `${id}.${timestamp}.${body}`;
  return {
    'X-ISP-Signature': `sha256=${hmacSha256Hex(secrets[0] as string, body)}`,
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${standardSignature(secret, signed)}`).join(' '),
  };
}

function standardSignature(secret: string, signed: string): string {
  return createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64'))
    .update(signed)
    .digest('base64');
}
