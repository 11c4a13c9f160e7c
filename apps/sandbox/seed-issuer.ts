import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BillingIssuer } from '@isp/domain/billing';
import { SEEDER } from './seeder.js';

/** The sandbox's operator, as its documents name it. The bank account is one that banks publish as an example. */
const ISSUER = {
  name: 'Sandbox Fibre B.V.',
  street: 'Keizersgracht 1',
  city: 'Amsterdam',
  zip: '1015 CJ',
  country: 'NL',
  taxId: 'NL000099998B57',
  registration: 'KVK 12345678',
  email: 'billing@sandbox-fibre.example',
  phone: '+31 20 555 0100',
  website: 'www.sandbox-fibre.example',
  logoText: 'Sandbox Fibre',
  footer: 'Test data: nothing here is to be paid',
  bankName: 'Example Bank',
  iban: 'NL91ABNA0417164300',
  bic: 'ABNANL2A',
} as const;

/** Says who issues the sandbox's invoices, where nobody has said it yet. */
export async function seedIssuer(app: NestFastifyApplication): Promise<void> {
  const issuer = app.get(BillingIssuer, { strict: false });
  if (!(await issuer.find(SEEDER))) await issuer.change(SEEDER, ISSUER);
}
