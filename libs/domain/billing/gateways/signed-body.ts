import { hmacSha256Hex, timingSafeEqualText } from '@isp/platform/crypto';
import { billingErrors } from '../billing.errors.js';

/** How old, or how far ahead, a signature may be. */
const TOLERANCE_SECONDS = 300;
const HEADER = /^t=(\d{1,12})((?:,[a-z0-9]+=[^,=]{1,256})+)$/;

/** Signs bytes as Stripe signs its webhooks: `t=<epoch seconds>,v1=<hex HMAC-SHA-256 of "t.bytes">`. */
export function signatureOf(secret: string, bytes: Buffer, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  return `t=${seconds},v1=${digestOf(secret, seconds, bytes)}`;
}

/** @throws `billing.gateway.forged` */
export function checkSignature(secrets: readonly string[], bytes: Buffer, header: string, now: Date): void {
  const [, seconds = '', rest = ''] = HEADER.exec(header.trim()) ?? [];
  const age = Math.abs(now.getTime() / 1000 - Number(seconds));
  if (seconds === '' || age > TOLERANCE_SECONDS) throw billingErrors('billing.gateway.forged');
  const given = rest.split(',').flatMap((part) => (part.startsWith('v1=') ? [part.slice(3)] : []));
  const wanted = secrets.map((secret) => digestOf(secret, Number(seconds), bytes));
  if (!wanted.some((digest) => given.some((one) => timingSafeEqualText(digest, one))))
    throw billingErrors('billing.gateway.forged');
}

function digestOf(secret: string, seconds: number, bytes: Buffer): string {
  return hmacSha256Hex(secret, Buffer.concat([Buffer.from(`${seconds}.`), bytes]));
}

/** What a body says in JSON; undefined where it is none. */
export function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
