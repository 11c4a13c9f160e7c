import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CurrentActor,
  IfMatch,
  JsonBody,
  Operation,
  PathParam,
  QueryString,
  createdAt,
  intId,
  versioned,
} from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import {
  AccountQueries,
  AssignService,
  ChangeAccount,
  GenerateInvoice,
  OpenAccount,
  UnparkAccount,
} from '@isp/domain/billing';
import { listOf, sliceOf } from '../lists.js';
import { presentAccount } from './billing-account.presenter.js';
import * as schema from './billing-account.schema.js';
import { presentPreview } from './invoice.presenter.js';
import { previewExample, previewShape } from './invoice.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Billing accounts')
@Controller('v1/billing/accounts')
export class BillingAccountsController {
  constructor(
    private readonly accounts: AccountQueries,
    private readonly open: OpenAccount,
    private readonly change: ChangeAccount,
    private readonly assign: AssignService,
    private readonly unpark: UnparkAccount,
    private readonly generate: GenerateInvoice,
  ) {}

  @Get()
  @Operation({
    access: 'billing_account.read',
    summary: 'List billing accounts',
    description:
      'Every customer has one from its creation. A parked account waits for a person: what was computed for it cannot be.',
    response: schema.accountsShape,
    example: { accounts: [schema.accountExample], pagination: PAGINATION },
  })
  async listAccounts(@CurrentActor() actor: Actor, @QueryString(schema.accountsQuery) query: schema.AccountsQuery) {
    const filter = { customerId: query.customer_id, parked: query.parked };
    const { rows, total } = await this.accounts.list(actor, filter, sliceOf(query));
    return listOf('accounts', rows.map(presentAccount), total, query);
  }

  @Post()
  @Operation({
    access: 'billing_account.manage',
    summary: 'Open another billing account of a customer',
    description:
      'It begins today. Services are billed to the first account of their currency until they are assigned to another. One ' +
      'of kind `prepaid` pays ahead: see `POST …/convert`.',
    status: 201,
    response: schema.accountShape,
    example: schema.accountExample,
    requestExample: { customer_id: 123, name: 'Branch office', terms: { cycle: 'annual' } },
    errors: ['not_found'],
  })
  async openAccount(@CurrentActor() actor: Actor, @JsonBody(schema.openAccountBody) body: schema.OpenAccountBody) {
    const { customer_id: customerId, time_zone: timeZone, payment_days: paymentDays, terms, ...rest } = body;
    const input = { actor, customerId, timeZone, paymentDays, ...rest, terms: terms && termsOf(terms) };
    const account = await this.open.execute(input);
    return createdAt(`/v1/billing/accounts/${account.id}`, presentAccount(account));
  }

  @Get(':account_id')
  @Operation({
    access: 'billing_account.read',
    summary: 'Read a billing account',
    response: schema.accountShape,
    example: schema.accountExample,
    errors: ['not_found'],
  })
  async getAccount(@CurrentActor() actor: Actor, @PathParam('account_id', intId) id: number) {
    const account = await this.accounts.get(actor, id);
    return versioned(account.version, presentAccount(account));
  }

  @Patch(':account_id')
  @Operation({
    access: 'billing_account.manage',
    summary: 'Change how an account is billed',
    description:
      'New terms, and another payer, hold from the end of the present period: what was invoiced stays as it is. An account ' +
      'that pays for others pays for itself; it has the same partner and currency. What comes to less than `minimum_amount` is ' +
      'carried forward to the next invoice. Drafts of a billing run wait `review_hours` before they are issued (null: as the ' +
      'deployment has it). Documents are in `language`; with `invoice_delivery` `email` ' +
      'each goes to the customer by e-mail when it is issued. A prepaid account is told `warn_days` before the end of its period that ' +
      'the balance does not cover the next (`balance.low`; 0: never).',
    response: schema.accountShape,
    example: schema.accountExample,
    requestExample: { terms: { billing_day: 15 } },
    errors: ['not_found', 'precondition_failed', 'unprocessable'],
  })
  async changeAccount(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @JsonBody(schema.changeAccountBody) body: schema.ChangeAccountBody,
    @IfMatch() ifMatch: number | undefined,
  ) {
    const changes = {
      name: body.name,
      paymentDays: body.payment_days,
      limitAmount: body.limit_amount,
      exemptions: body.tax_exemptions,
      minimumAmount: body.minimum_amount,
      language: body.language,
      invoiceDelivery: body.invoice_delivery,
      reviewHours: body.review_hours,
      warnDays: body.warn_days,
      terms: body.terms && termsOf(body.terms),
      payerAccountId: body.payer_account_id,
    };
    const account = await this.change.execute({ actor, accountId, ifMatch, changes });
    return versioned(account.version, presentAccount(account));
  }

  @Post(':account_id/services')
  @Operation({
    access: 'billing_account.manage',
    summary: 'Bill a service to this account',
    description: 'From the end of the account’s present period on. Both belong to one customer and have one currency.',
    response: schema.accountShape,
    example: schema.accountExample,
    requestExample: { service_id: 456 },
    errors: ['not_found', 'unprocessable'],
  })
  async assignService(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @JsonBody(schema.assignBody) { service_id: serviceId }: schema.AssignBody,
  ) {
    return presentAccount(await this.assign.execute({ actor, accountId, serviceId }));
  }

  @Post(':account_id/unpark')
  @Operation({
    access: 'billing_account.manage',
    summary: 'Let a parked account be billed again',
    response: schema.accountShape,
    example: schema.accountExample,
    errors: ['not_found', 'conflict'],
  })
  async unparkAccount(@CurrentActor() actor: Actor, @PathParam('account_id', intId) accountId: number) {
    return presentAccount(await this.unpark.execute({ actor, accountId }));
  }

  @Get(':account_id/preview')
  @Operation({
    access: 'invoice.read',
    summary: 'Preview the next invoice of an account',
    description:
      'What it would say when it is made on that day (`on`; by default the day on which it is due to be made). Nothing is written.',
    response: previewShape,
    example: previewExample,
    errors: ['not_found'],
  })
  async previewInvoice(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @QueryString(schema.previewQuery) { on }: schema.PreviewQuery,
  ) {
    return presentPreview(await this.generate.preview(actor, accountId, on));
  }
}

function termsOf(terms: NonNullable<schema.ChangeAccountBody['terms']>) {
  const values = {
    cycleMonths: terms.cycle && schema.monthsOf(terms.cycle),
    billingDay: terms.billing_day,
    timing: terms.timing,
    proration: terms.proration,
    taxRegion: terms.tax_region,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof typeof values]?: Exclude<(typeof values)[K], undefined>;
  };
}
