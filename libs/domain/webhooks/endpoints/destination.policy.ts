import type { Config } from '@isp/platform/config';
import type { EgressPolicy } from '@isp/platform/http';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/**
 * Where webhooks may go: live, https on 443 and 8443 to public addresses; a sandbox also http, any port and this very
 * machine. Both reach the private networks that the operator allows.
 */
export function destinationPolicy(config: Config): EgressPolicy {
  const allowed = config.ISP_WEBHOOK_ALLOWED_CIDRS.split(',')
    .map((cidr) => cidr.trim())
    .filter((cidr) => cidr !== '');
  if (config.ISP_MODE === 'live') return { allowedCidrs: allowed };
  return { allowHttp: true, allowAnyPort: true, allowedCidrs: [...LOOPBACK, ...allowed] };
}
