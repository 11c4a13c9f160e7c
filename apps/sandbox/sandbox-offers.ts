interface RetailOffer {
  /** Of the wholesale product under it. */
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  /** ZAR without tax. */
  readonly monthly: string;
  readonly onceOff?: string;
  readonly contractMonths: number;
}

/** Per cent. */
export const RETAIL_TAX = '15';

/** What every area with a network sells. */
export const WHOLESALE_SKUS = ['HOME-50', 'HOME-100', 'HOME-300', 'SME-100'] as const;

/** What the ISPs make of it, by their names. */
export const RETAIL: Readonly<Record<string, readonly RetailOffer[]>> = {
  'Ripple Fibre': [
    {
      sku: 'HOME-50',
      name: 'Ripple 50',
      description: 'Fibre 50/10 Mbps, month to month',
      monthly: '477.3913',
      contractMonths: 1,
    },
    {
      sku: 'HOME-100',
      name: 'Ripple 100',
      description: 'Fibre 100/10 Mbps, month to month',
      monthly: '738.2609',
      contractMonths: 1,
    },
    {
      sku: 'SME-100',
      name: 'Ripple Business 100',
      description: 'Fibre 100/100 Mbps for offices',
      monthly: '1303.4783',
      onceOff: '999',
      contractMonths: 24,
    },
  ],
  'Savanna Online': [
    {
      sku: 'HOME-50',
      name: 'Savanna Starter',
      description: 'Fibre 50/10 Mbps',
      monthly: '459.1304',
      onceOff: '433.9130',
      contractMonths: 12,
    },
    {
      sku: 'HOME-300',
      name: 'Savanna Fast',
      description: 'Fibre 300/50 Mbps',
      monthly: '998.2609',
      contractMonths: 12,
    },
  ],
};

export const PROMOTIONS: Readonly<
  Record<string, { code: string; name: string; months: number; percent?: string; amount?: string; maxUses?: number }>
> = {
  'Ripple Fibre': { code: 'RIPPLE-3', name: 'Three months at half price', percent: '50', months: 3, maxUses: 100 },
  'Savanna Online': { code: 'SAVANNA-100', name: 'R100 off for half a year', amount: '86.9565', months: 6 },
};
