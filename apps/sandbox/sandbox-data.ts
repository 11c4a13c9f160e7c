import type { PlanValues } from '@isp/domain/catalog';
import type { BandwidthProfileInput } from '@isp/domain/network';

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
  contractMonths: 12,
  slaUptimePercent: uptime,
});

/** What the sandbox sells. */
export const PLANS: readonly PlanValues[] = [
  internet({ sku: 'HOME-100', name: 'Home 100', category: 'Residential', speeds: [100, 10], monthly: '79.99' }),
  internet({ sku: 'HOME-50', name: 'Home Fiber 50', category: 'Residential', speeds: [50, 10], monthly: '49.99' }),
  internet({ sku: 'HOME-300', name: 'Home Fiber 300', category: 'Residential', speeds: [300, 50], monthly: '89.99' }),
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
  { sku: 'VOICE-BASIC', name: 'Voice Basic', category: 'Residential', serviceType: 'voice', monthlyAmount: '12.50' },
];

export const PROFILES: readonly BandwidthProfileInput[] = [
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

/** Partners after the operator, whose id is 1. */
export const PARTNERS = [
  {
    name: 'Northwind Internet',
    kind: 'reseller',
    email: 'office@northwind.example',
    tier: 'professional',
    timeZone: 'America/New_York',
  },
  { name: 'Fjordnet', kind: 'reseller', email: 'office@fjordnet.example', tier: 'free', timeZone: 'Europe/Oslo' },
  {
    name: 'Ripple Fibre',
    kind: 'isp',
    email: 'noc@ripple.example',
    tier: 'enterprise',
    timeZone: 'Africa/Johannesburg',
    currency: 'ZAR',
  },
] as const;

/** One log-in per role; `partner` is a name from PARTNERS, the operator when absent. */
export const PEOPLE = [
  { username: 'admin', fullName: 'Ada Admin', role: 'superadmin' },
  { username: 'billing', fullName: 'Bill Billing', role: 'billing' },
  { username: 'support', fullName: 'Sue Support', role: 'support' },
  { username: 'noc', fullName: 'Noah Noc', role: 'noc' },
  { username: 'reseller', fullName: 'Rita Reseller', role: 'reseller_admin', partner: 'Northwind Internet' },
  { username: 'reseller-read', fullName: 'Rob Reader', role: 'reseller_read_only', partner: 'Northwind Internet' },
  { username: 'other-reseller', fullName: 'Olga Other', role: 'reseller_admin', partner: 'Fjordnet' },
  { username: 'isp', fullName: 'Ivy Isp', role: 'isp', partner: 'Ripple Fibre' },
] as const;

export const CUSTOMER_COUNT = 100;

const FIRST = ['John', 'Mary', 'Ahmed', 'Ingrid', 'Chen', 'Aisha', 'Luca', 'Priya', 'Mateo', 'Zanele'];
const LAST = ['Doe', 'Smith', 'Okafor', 'Larsen', 'Wei', 'Khan', 'Rossi', 'Patel', 'Garcia', 'Dlamini'];
const CITIES = [
  ['Anytown', 'CA', '12345'],
  ['Springfield', 'IL', '62701'],
  ['Riverside', 'NY', '10001'],
  ['Lakeview', 'MA', '02108'],
] as const;

/** The n-th test customer (1 to 100): always the same. */
export function customerNumber(n: number) {
  const first = FIRST[(n - 1) % 10] as string;
  const last = LAST[Math.floor((n - 1) / 10) % 10] as string;
  const [city, state, zip] = CITIES[n % CITIES.length] as (typeof CITIES)[number];
  const address = { street: `${100 + n} Main St`, city, state, zip, country: 'US' };
  const kind = n % 20 === 0 ? 'enterprise' : n % 5 === 0 ? 'sme' : 'residential';
  return {
    name: kind === 'residential' ? `${first} ${last}` : `${last} ${kind === 'sme' ? 'Trading' : 'Industries'} ${n}`,
    firstName: first,
    lastName: last,
    email: `${first}.${last}.${n}@example.com`.toLowerCase(),
    phone: `+1202555${String(n).padStart(4, '0')}`,
    kind,
    address,
    billingAddress: address,
    /** 0: the operator's own customer; else the n-th partner. */
    partner: n % 4 === 0 ? 1 + (Math.floor(n / 4) % PARTNERS.length) : 0,
    planSku:
      kind === 'enterprise'
        ? 'ENT-1000'
        : kind === 'sme'
          ? 'SME-100'
          : (['HOME-100', 'HOME-50', 'HOME-300'][n % 3] as string),
    /** Most are active; a few of every other kind, for whoever wants to look at them. */
    fate: n % 25 === 7 ? 'suspended' : n % 50 === 13 ? 'terminated' : n % 33 === 11 ? 'trial' : 'active',
  } as const;
}
