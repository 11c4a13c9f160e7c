/** How far the sandbox's orders are, in the order in which each ISP placed them. */
export const FATES = [
  'new',
  'new',
  'scheduled',
  'assigned',
  'in_progress',
  'on_hold',
  'completed',
  'completed',
  'cancelled',
] as const;
export type Fate = (typeof FATES)[number];

export const INSTALLER = 'Hillside Splicers';
export const SCHEDULED_AT = new Date('2099-03-01T07:30:00Z');

const NAMES = ['Thandi Nkosi', 'Pieter Botha', 'Lerato Dlamini', 'Ayesha Patel', 'Sipho Mokoena', 'Anna de Wet'];

/** The customer of an ISP's nth order. */
export function buyer(ispId: number, n: number) {
  const [firstName = '', ...rest] = (NAMES[n % NAMES.length] as string).split(' ');
  const lastName = `${rest.join(' ')}${n < NAMES.length ? '' : ` ${Math.floor(n / NAMES.length) + 1}`}`;
  const email = `line${ispId}.${n + 1}@customers.example`;
  return { firstName, lastName, email, phone: `+2782000${ispId}${String(n).padStart(3, '0')}` };
}
