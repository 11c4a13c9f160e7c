import { PARTNERS } from './sandbox-people.js';

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
