import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { ConvertAccount, PrepaidQueries } from '@isp/domain/billing';
import { presentAccount, presentBalance } from './billing-account.presenter.js';
import * as schema from './billing-account.schema.js';

@ApiTags('Billing accounts')
@Controller('v1/billing/accounts')
export class PrepaidController {
  constructor(
    private readonly convert: ConvertAccount,
    private readonly prepaid: PrepaidQueries,
  ) {}

  @Post(':account_id/convert')
  @Operation({
    access: 'billing_account.manage',
    summary: 'Have an account pay ahead, or afterwards',
    description:
      'Only where nothing is owed and everything is invoiced. A period that is paid stays paid: the first of the other kind ' +
      'begins when it ends. A `prepaid` account is charged each period when it begins, out of its credit balance, and only if ' +
      'that covers all of its services; else they are blocked (cause `balance`) until a top-up covers the period, which then ' +
      'begins on that day.',
    response: schema.accountShape,
    example: schema.prepaidExample,
    requestExample: { kind: 'prepaid' },
    errors: ['not_found', 'conflict'],
  })
  async convertAccount(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @JsonBody(schema.convertBody) { kind }: schema.ConvertBody,
  ) {
    return presentAccount(await this.convert.execute({ actor, accountId, kind }));
  }

  @Get(':account_id/balance')
  @Operation({
    access: 'billing_account.read',
    summary: 'Read what a prepaid account has, and what its next period comes to',
    description:
      'The next period is the one after the one that is paid, else one that would begin today; its total has everything that ' +
      'is due with it. `missing` is what a top-up has to bring.',
    response: schema.balanceShape,
    example: schema.balanceExample,
    errors: ['not_found', 'conflict'],
  })
  async getBalance(@CurrentActor() actor: Actor, @PathParam('account_id', intId) accountId: number) {
    return presentBalance(await this.prepaid.balance(actor, accountId));
  }
}
