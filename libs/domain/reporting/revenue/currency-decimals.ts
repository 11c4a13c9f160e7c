import { currencyDecimals } from '@isp/kernel';

/** How many decimals each currency has, as JSON by its code. */
export const CURRENCY_DECIMALS = JSON.stringify(
  Object.fromEntries(Intl.supportedValuesOf('currency').map((code) => [code, currencyDecimals(code)])),
);
