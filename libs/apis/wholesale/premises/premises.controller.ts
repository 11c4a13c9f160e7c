import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Operation, PathParam, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { PartnerQueries } from '@isp/domain/partners';
import { PremiseQueries, PremiseSearch } from '@isp/domain/premises';
import { CurrentIsp } from '../caller.js';
import { guidParam } from '../guid.js';
import { pageOfItems, sliceOf } from '../lists.js';
import { presentPredefinedPremise, presentPremise } from './premise.presenter.js';
import * as schema from './premise.schema.js';

@ApiTags('Premises')
@Controller('wholesale')
export class WholesalePremisesController {
  constructor(
    private readonly premises: PremiseQueries,
    private readonly search: PremiseSearch,
    private readonly partners: PartnerQueries,
  ) {}

  @Get('predefined-premises')
  @Operation({
    access: 'premise.read',
    summary: 'Find an address',
    description:
      'Best match first, `confidence` (0 to 1) says how good it is. `q` is taken literally: whole addresses, their ' +
      'beginnings, parts in any order, abbreviations and typos are understood. The first 500 matches can be read.',
    response: schema.predefinedPremisesShape,
    example: { items: [schema.predefinedPremiseExample] },
  })
  async find(
    @CurrentIsp() actor: Actor,
    @QueryString(schema.predefinedPremisesQuery) query: schema.PredefinedPremisesQuery,
  ) {
    const { timeZone } = await this.partners.get(actor, actor.partnerId);
    const hits = await this.search.find(actor, query.q, sliceOf(query));
    return { items: hits.map((hit) => presentPredefinedPremise(hit, timeZone)) };
  }

  @Get('premises')
  @Operation({
    access: 'premise.read',
    summary: 'List premises',
    description:
      '`updated_after` (an instant in either notation of the documents) lists what changed since then, in the order of ' +
      'the changes; `customer` where one of your customers has or has ordered a service.',
    response: schema.premisesShape,
    example: { items: [schema.premiseExample], page: 1, count: 1, total: 1 },
  })
  async list(@CurrentIsp() actor: Actor, @QueryString(schema.premisesQuery) query: schema.PremisesQuery) {
    const { timeZone } = await this.partners.get(actor, actor.partnerId);
    const { rows, total } =
      query.customer === undefined
        ? await this.premises.list(actor, { updatedAfter: query.updated_after }, sliceOf(query))
        : await this.premises.listOfCustomer(actor, query.customer, sliceOf(query));
    const items = rows.map((premise) => presentPremise(premise, timeZone));
    return pageOfItems(items, total, query);
  }

  @Get('premises/:premise_id')
  @Operation({
    access: 'premise.read',
    summary: 'Read a premise',
    description:
      '`customer_id` is shown for your own customers alone; `status` says whether anybody has a service there.',
    response: schema.premiseShape,
    example: schema.premiseExample,
    errors: ['not_found'],
  })
  async read(@CurrentIsp() actor: Actor, @PathParam('premise_id', guidParam) guid: string) {
    const { timeZone } = await this.partners.get(actor, actor.partnerId);
    return presentPremise(await this.premises.get(actor, guid), timeZone);
  }
}
