import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import type { IssuerDetails } from './issuer-details.js';

/** Columns by the names of the fields. */
const COLUMNS = {
  name: 'name',
  street: 'street',
  city: 'city',
  zip: 'zip',
  state: 'state',
  country: 'country',
  taxId: 'tax_id',
  registration: 'registration',
  email: 'email',
  phone: 'phone',
  website: 'website',
  logoText: 'logo_text',
  footer: 'footer',
  bankName: 'bank_name',
  iban: 'iban',
  bic: 'bic',
  bankAccount: 'bank_account',
} as const satisfies Readonly<Record<keyof IssuerDetails, string>>;
const FIELDS = Object.keys(COLUMNS) as readonly (keyof IssuerDetails)[];
const REQUIRED = ['name', 'street', 'city', 'zip', 'country'] as const satisfies readonly (keyof IssuerDetails)[];
const SHOWN = FIELDS.map((field) => `${COLUMNS[field]} AS "${field}"`).join(', ');

const GET = statement('billing-issuer-get', `SELECT ${SHOWN} FROM billing_issuer`);
const PUT = statement(
  'billing-issuer-put',
  `INSERT INTO billing_issuer (${FIELDS.map((field) => COLUMNS[field]).join(', ')}, updated_at)
   VALUES (${FIELDS.map((_, index) => `$${index + 2}`).join(', ')}, $1)
   ON CONFLICT (singleton) DO UPDATE SET version = billing_issuer.version + 1, updated_at = $1,
     ${FIELDS.map((field) => `${COLUMNS[field]} = excluded.${COLUMNS[field]}`).join(', ')}`,
);

export type IssuerChanges = { readonly [K in keyof IssuerDetails]?: IssuerDetails[K] | null | undefined };

/** The operator, as its documents name it. Documents that were rendered keep what they said. */
@Injectable()
export class BillingIssuer {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Undefined until somebody has said who issues invoices. */
  find(actor: Actor): Promise<IssuerDetails | undefined> {
    return this.uow.run(actor, (tx) => tx.one<IssuerDetails>(GET));
  }

  /** @throws `billing.issuer.incomplete` without name, street, city, zip or country */
  change(actor: Actor, changes: IssuerChanges): Promise<IssuerDetails> {
    return this.uow.run(actor, async (tx) => {
      const before: IssuerChanges = (await tx.one<IssuerDetails>(GET)) ?? {};
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const after: IssuerChanges = { ...before, ...given };
      const missing = REQUIRED.filter((field) => (after[field] ?? null) === null);
      if (missing.length > 0) throw billingErrors('billing.issuer.incomplete', { missing: missing.join(', ') });
      await tx.execute(PUT, [this.clock.now(), ...FIELDS.map((field) => after[field] ?? null)]);
      const subject = { type: 'billing_issuer', id: OPERATOR_PARTNER_ID };
      this.audit.record({
        actor,
        partnerId: OPERATOR_PARTNER_ID,
        action: 'billing_issuer.change',
        subject,
        changes: given,
      });
      return (await tx.one<IssuerDetails>(GET)) as IssuerDetails;
    });
  }
}
