import { Controller, Get, Headers, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Answer, CurrentActor, JsonBody, Operation, PathParam, QueryString, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { BillingIssuer, InvoiceDocuments, type IssuerDetails, type StoredDocument } from '@isp/domain/billing';
import { toIsoSeconds } from '@isp/kernel';
import { z } from 'zod';
import * as schema from './document.schema.js';

const KEPT =
  'Rendered when it is first asked for, kept, and the same bytes ever after: `ETag` is their SHA-256, `Repr-Digest` (RFC 9530) ' +
  'says it for programs. In the language of the account: en, de, fr or es. A draft has none.';

/** Until somebody has said who it is. */
const NOBODY: { readonly [K in keyof IssuerDetails]: IssuerDetails[K] | null } = {
  name: null,
  street: null,
  city: null,
  zip: null,
  state: null,
  country: null,
  taxId: null,
  registration: null,
  email: null,
  phone: null,
  website: null,
  logoText: null,
  footer: null,
  bankName: null,
  iban: null,
  bic: null,
  bankAccount: null,
};

@ApiTags('Invoices')
@Controller('v1/billing')
export class DocumentsController {
  constructor(
    private readonly documents: InvoiceDocuments,
    private readonly issuer: BillingIssuer,
  ) {}

  @Get('invoices/:invoice_id/document.pdf')
  @Operation({
    access: 'invoice.read',
    summary: 'Download an invoice or a credit note as PDF',
    description: `${KEPT} Where the account is in euro and the issuer has an IBAN it carries the payment’s QR code (EPC069-12).`,
    contentType: 'application/pdf',
    response: z.string().meta({ format: 'binary' }),
    example: '%PDF-1.7 …',
    errors: ['not_found', 'conflict'],
  })
  async pdf(
    @CurrentActor() actor: Actor,
    @PathParam('invoice_id', intId) id: number,
    @Headers('if-none-match') known?: string,
  ) {
    return served(await this.documents.get(actor, id, 'pdf'), 'application/pdf', known);
  }

  @Get('invoices/:invoice_id/document.xml')
  @Operation({
    access: 'invoice.read',
    summary: 'Download an invoice or a credit note as UBL 2.1 (EN 16931)',
    description: KEPT,
    contentType: 'application/xml',
    response: z.string(),
    example:
      '<?xml version="1.0" encoding="UTF-8"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">…',
    errors: ['not_found', 'conflict'],
  })
  async xml(
    @CurrentActor() actor: Actor,
    @PathParam('invoice_id', intId) id: number,
    @Headers('if-none-match') known?: string,
  ) {
    return served(await this.documents.get(actor, id, 'xml'), 'application/xml; charset=utf-8', known);
  }

  @Get('invoices/:invoice_id/documents/verify')
  @Operation({
    access: 'invoice.read',
    summary: 'Verify the documents that were rendered of an invoice',
    description:
      'Digests are computed again now. `intact`: the bytes are those that were rendered; `invoice_unchanged`: the invoice says what ' +
      'it said then; `matches`: whether a file with the digest `sha256` is this document (null without it).',
    response: schema.documentsShape,
    example: schema.documentsExample,
    errors: ['not_found'],
  })
  async verify(
    @CurrentActor() actor: Actor,
    @PathParam('invoice_id', intId) id: number,
    @QueryString(schema.documentsQuery) { sha256: asked }: schema.DocumentsQuery,
  ) {
    const documents = await this.documents.check(actor, id);
    return {
      documents: documents.map(({ format, language, bytes, sha256, renderedAt, intact, invoiceUnchanged }) => ({
        format,
        language,
        bytes,
        sha256,
        rendered_at: toIsoSeconds(renderedAt),
        intact,
        invoice_unchanged: invoiceUnchanged,
        matches: asked === undefined ? null : asked === sha256,
      })),
    };
  }

  @Get('issuer')
  @Operation({
    access: 'billing_issuer.read',
    summary: 'Show who issues invoices',
    description: 'Nulls until somebody has said it.',
    response: schema.issuerShape,
    example: schema.issuerExample,
  })
  async getIssuer(@CurrentActor() actor: Actor) {
    return presentIssuer(await this.issuer.find(actor));
  }

  @Patch('issuer')
  @Operation({
    access: 'billing_issuer.manage',
    summary: 'Say who issues invoices',
    description: 'Documents need a name and an address. Those that were rendered keep what they say.',
    response: schema.issuerShape,
    example: schema.issuerExample,
    requestExample: { tax_id: 'ZA4123456789', bank_account: 'Branch 250655, account 62000000000' },
    errors: ['unprocessable'],
  })
  async changeIssuer(@CurrentActor() actor: Actor, @JsonBody(schema.issuerBody) body: schema.IssuerBody) {
    const {
      address,
      tax_id: taxId,
      logo_text: logoText,
      bank_name: bankName,
      bank_account: bankAccount,
      ...rest
    } = body;
    return presentIssuer(
      await this.issuer.change(actor, { ...rest, ...address, taxId, logoText, bankName, bankAccount }),
    );
  }
}

function served({ number, format, language, content, sha256 }: StoredDocument, type: string, known = '') {
  const headers = {
    etag: `"${sha256}"`,
    'cache-control': 'private, no-cache',
    'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
  };
  if (known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === headers.etag))
    return new Answer(undefined, headers, 304);
  return new Answer(content, {
    ...headers,
    'content-type': type,
    'content-language': language,
    'content-disposition': `attachment; filename="${number}.${format}"`,
  });
}

function presentIssuer(issuer: IssuerDetails | undefined) {
  const { street, city, state, zip, country, ...rest } = issuer ?? NOBODY;
  const { taxId, logoText, bankName, bankAccount, ...plain } = rest;
  return {
    name: plain.name,
    address: issuer ? { street, city, state, zip, country } : null,
    tax_id: taxId,
    registration: plain.registration,
    email: plain.email,
    phone: plain.phone,
    website: plain.website,
    logo_text: logoText,
    footer: plain.footer,
    bank_name: bankName,
    iban: plain.iban,
    bic: plain.bic,
    bank_account: bankAccount,
  };
}
