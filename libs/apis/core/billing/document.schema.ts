import { emailAddress, line } from '@isp/apis/shared';
import { z } from 'zod';

/** An IBAN (ISO 13616) with its check digits; spaces are for people. */
const iban = z
  .string()
  .max(42)
  .transform((text) => text.replace(/ /g, '').toUpperCase())
  .refine((text) => isIban(text), 'must be an IBAN');

function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text)) return false;
  const digits = [...(text.slice(4) + text.slice(0, 4))].map((one) => Number.parseInt(one, 36).toString()).join('');
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
}

const optional = (max: number) => line(max).nullable().optional();

export const issuerBody = z.strictObject({
  name: line(120).optional(),
  address: z
    .strictObject({
      street: line(120),
      city: line(80),
      state: line(80).nullable().default(null),
      zip: line(20),
      country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 code of two letters'),
    })
    .optional(),
  tax_id: optional(40),
  registration: optional(80),
  email: emailAddress.nullable().optional(),
  phone: optional(40),
  website: optional(120),
  logo_text: optional(40),
  footer: optional(200),
  bank_name: optional(80),
  iban: iban.nullable().optional(),
  bic: z
    .string()
    .regex(/^[A-Z0-9]{8}([A-Z0-9]{3})?$/, 'must be a BIC')
    .nullable()
    .optional(),
  bank_account: optional(80),
});
export type IssuerBody = z.infer<typeof issuerBody>;

const text = z.string().nullable();
export const issuerShape = z.object({
  name: text,
  address: z
    .object({ street: z.string(), city: z.string(), state: text, zip: z.string(), country: z.string() })
    .nullable(),
  tax_id: text,
  registration: text,
  email: text,
  phone: text,
  website: text,
  logo_text: text,
  footer: text,
  bank_name: text,
  iban: text,
  bic: text,
  bank_account: text,
});
export const issuerExample = {
  name: 'Example Fibre Ltd',
  address: { street: '12 Long Street', city: 'Cape Town', state: null, zip: '8001', country: 'ZA' },
  tax_id: 'ZA4123456789',
  registration: '2012/012345/07',
  email: 'billing@fibre.example',
  phone: '+27 21 123 4567',
  website: 'www.fibre.example',
  logo_text: 'Example Fibre',
  footer: 'Directors: A. Example, B. Example',
  bank_name: 'Example Bank',
  iban: null,
  bic: 'EXAMZAJJ',
  bank_account: 'Branch 250655, account 62000000000',
};

export const documentsShape = z.object({
  documents: z.array(
    z.object({
      format: z.enum(['pdf', 'xml']),
      language: z.string(),
      bytes: z.int(),
      sha256: z.string(),
      rendered_at: z.string(),
      intact: z.boolean(),
      invoice_unchanged: z.boolean(),
      matches: z.boolean().nullable(),
    }),
  ),
});
export const documentsExample = {
  documents: [
    {
      format: 'pdf',
      language: 'en',
      bytes: 21149,
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      rendered_at: '2025-02-01T05:00:00Z',
      intact: true,
      invoice_unchanged: true,
      matches: null,
    },
  ],
};
export const documentsQuery = z.strictObject({
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'must be a SHA-256 digest in hexadecimal')
    .transform((digest) => digest.toLowerCase())
    .optional(),
});
export type DocumentsQuery = z.infer<typeof documentsQuery>;
