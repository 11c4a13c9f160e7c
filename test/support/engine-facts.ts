import type { EngineAccount, EngineFacts, PriceFact, ServiceFacts } from '@isp/domain/billing';

// Facts for the billing engine: plain, until a test says what is special.

export const terms = {
  fromOn: '2025-01-01',
  cycleMonths: 1,
  billingDay: 1,
  timing: 'advance',
  proration: 'day',
  taxRegion: null,
} as const;
export const account = (change: Partial<EngineAccount> = {}, more: object = {}): EngineAccount => ({
  currency: 'USD',
  timeZone: 'UTC',
  startsOn: '2025-01-01',
  terms: [{ ...terms, ...more }],
  exemptions: [],
  ...change,
});
export const price = (at: string, monthlyAmount: string, planId = 1, taxPercent = '0'): PriceFact => ({
  at: new Date(at),
  planId,
  planVersion: 1,
  planName: `Plan ${planId}`,
  monthlyAmount,
  taxPercent,
  dataLimitGb: null,
});
export const service = (
  activatedAt: string,
  prices: readonly PriceFact[],
  change: Partial<ServiceFacts> = {},
): ServiceFacts => ({
  serviceId: 7,
  serviceType: 'internet',
  activatedAt: new Date(activatedAt),
  terminatedAt: null,
  activationAmount: '0',
  contract: { months: 0, earlyTerminationAmount: '0' },
  prices,
  blocks: [],
  windows: [{ from: '2000-01-01', until: null }],
  usage: [],
  ...change,
});
export const facts = (
  targetOn: string,
  services: readonly ServiceFacts[],
  change: Partial<EngineFacts> = {},
): EngineFacts => ({
  account: account(),
  services,
  policies: [],
  discounts: [],
  oneOffs: [],
  taxRates: [],
  invoiced: [],
  targetOn,
  limitAmount: null,
  ...change,
});
