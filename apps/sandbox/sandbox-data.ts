import type { BandwidthProfileValues, PlanValues } from '@isp/domain/catalog';
import { TAX, VOICE_PLANS } from './sandbox-voice.js';

interface Offer {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  /** Mbit/s, down and up. */
  readonly speeds: readonly [number, number];
  readonly monthly: string;
  readonly activation?: string;
  readonly uptime?: string;
}

const internet = ({ sku, name, category, speeds, monthly, activation = '99', uptime = '99' }: Offer): PlanValues => ({
  sku,
  name,
  category,
  serviceType: 'internet',
  downloadMbps: speeds[0],
  uploadMbps: speeds[1],
  monthlyAmount: monthly,
  activationAmount: activation,
  earlyTerminationAmount: monthly,
  staticIpAvailable: true,
  staticIpMonthlyAmount: '5',
  taxPercent: TAX,
  contractMonths: 12,
  slaUptimePercent: uptime,
});

/** What the sandbox sells. */
export const PLANS: readonly PlanValues[] = [
  internet({ sku: 'HOME-100', name: 'Home 100', category: 'Residential', speeds: [100, 10], monthly: '79.99' }),
  internet({ sku: 'HOME-50', name: 'Home Fiber 50', category: 'Residential', speeds: [50, 10], monthly: '49.99' }),
  {
    ...internet({
      sku: 'HOME-300',
      name: 'Home Fiber 300',
      category: 'Residential',
      speeds: [300, 50],
      monthly: '89.99',
    }),
    fairUseLimitGb: 1000,
    throttledDownloadMbps: '20',
    throttledUploadMbps: '5',
    bandwidthProfile: '300M_50M',
  },
  internet({
    sku: 'SME-100',
    name: 'Business Fiber 100',
    category: 'SME',
    speeds: [100, 100],
    monthly: '149',
    activation: '199',
    uptime: '99.5',
  }),
  internet({
    sku: 'SME-500',
    name: 'Business Fiber 500',
    category: 'SME',
    speeds: [500, 250],
    monthly: '299',
    activation: '199',
    uptime: '99.5',
  }),
  internet({
    sku: 'ENT-1000',
    name: 'Enterprise Dedicated 1G',
    category: 'Enterprise',
    speeds: [1000, 1000],
    monthly: '999',
    activation: '500',
    uptime: '99.9',
  }),
  internet({
    sku: 'DARK-10G',
    name: 'Dark Fiber Lease',
    category: 'Dark Fiber',
    speeds: [10_000, 10_000],
    monthly: '4500',
    activation: '2500',
    uptime: '99.99',
  }),
  internet({
    sku: 'SAT-BACKUP',
    name: 'Satellite Backup 25',
    category: 'Backup',
    speeds: [25, 5],
    monthly: '120',
    uptime: '98',
  }),
  ...VOICE_PLANS,
];

export const PROFILES: readonly BandwidthProfileValues[] = [
  [25, 5],
  [50, 10],
  [100, 10],
  [100, 100],
  [300, 50],
  [500, 250],
  [1000, 1000],
  [10_000, 10_000],
].map(([down = 0, up = 0]) => ({ name: `${down}M_${up}M`, downloadKbps: down * 1000, uploadKbps: up * 1000 }));

export const ROUTERS = [
  { name: 'bng-1', driver: 'simulated', settings: { latency_ms: 20 }, prefixes: ['192.168.1.0/24', '100.64.0.0/20'] },
  { name: 'bng-2', driver: 'simulated', settings: { latency_ms: 40 }, prefixes: ['100.65.0.0/20'] },
];

/** What the first router gives its subscribers of IPv6: a /64 for the link and a /56 to delegate (RFC 3849 addresses). */
export const IPV6 = {
  prefix: '2001:db8::/32',
  pools: [
    { name: 'bng-1 links', kind: 'ipv6', prefix: '2001:db8::/48', unitLength: 64 },
    { name: 'bng-1 delegations', kind: 'delegated', prefix: '2001:db8:1000::/36', unitLength: 56 },
  ],
} as const;
