import type { PlanValues } from '@isp/domain/catalog';

interface BundleOffer extends PlanValues {
  /** What it is made of, by SKU. */
  readonly partSkus: readonly string[];
}

/** Per cent. */
export const TAX = '8';

export const VOICE_PLANS: readonly PlanValues[] = [
  {
    sku: 'VOICE-BASIC',
    name: 'Voice Basic',
    category: 'Residential',
    serviceType: 'voice',
    monthlyAmount: '12.50',
    taxPercent: TAX,
  },
  {
    sku: 'VOICE-OFFICE',
    name: 'Voice Office',
    category: 'SME',
    serviceType: 'voice',
    monthlyAmount: '39',
    activationAmount: '25',
    taxPercent: TAX,
    contractMonths: 12,
    voice: {
      numberIncluded: true,
      includedMinutes: null,
      concurrentCalls: 8,
      callerId: true,
      voicemail: true,
      callForwarding: true,
    },
  },
];

/** Cheaper than their parts one by one. */
export const BUNDLES: readonly BundleOffer[] = [
  {
    sku: 'DUO-100',
    name: 'Home Duo 100',
    category: 'Residential',
    serviceType: 'bundle',
    monthlyAmount: '84.99',
    activationAmount: '99',
    taxPercent: TAX,
    contractMonths: 12,
    partSkus: ['HOME-100', 'VOICE-BASIC'],
  },
  {
    sku: 'OFFICE-100',
    name: 'Office 100',
    category: 'SME',
    serviceType: 'bundle',
    monthlyAmount: '179',
    activationAmount: '199',
    taxPercent: TAX,
    contractMonths: 24,
    partSkus: ['SME-100', 'VOICE-OFFICE'],
  },
];
