import type { TokenBody } from './auth.schema.js';

interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const BASIC = /^Basic ([A-Za-z0-9+/]{1,512}={0,2})$/i;

/** Who asks for a token: from the body, or from HTTP Basic (RFC 6749, 2.3.1), but not from both. Empty when unclear. */
export function clientOf(body: TokenBody, authorization: string | undefined): ClientCredentials {
  const { client_id: clientId = '', client_secret: clientSecret = '' } = body;
  if (authorization === undefined) return { clientId, clientSecret };
  const [id, secret, ...rest] = Buffer.from(BASIC.exec(authorization)?.[1] ?? '', 'base64')
    .toString('utf8')
    .split(':');
  const both = clientSecret !== '' || (clientId !== '' && clientId !== id);
  if (id === undefined || secret === undefined || rest.length > 0 || both) return { clientId: '', clientSecret: '' };
  return { clientId: id, clientSecret: secret };
}
