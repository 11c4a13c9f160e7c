import { Controller, Get, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { JsonBody, Operation, PathParam, QueryString, createPromotionExample, createdAt } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import {
  ChangePromotion,
  CreatePromotion,
  PromotionQueries,
  type PromotionView,
  RetirePromotion,
} from '@isp/domain/offers';
import { PartnerQueries } from '@isp/domain/partners';
import { upperUuid } from '@isp/kernel';
import { CurrentIsp } from '../caller.js';
import { guidParam } from '../guid.js';
import { pageOfItems, sliceOf } from '../lists.js';
import { presentPromotion, valuesOf } from './promotion.presenter.js';
import * as schema from './promotion.schema.js';

@ApiTags('Promotions')
@Controller('wholesale/promotions')
export class WholesalePromotionsController {
  constructor(
    private readonly promotions: PromotionQueries,
    private readonly create: CreatePromotion,
    private readonly change: ChangePromotion,
    private readonly retire: RetirePromotion,
    private readonly partners: PartnerQueries,
  ) {}

  @Get()
  @Operation({
    access: 'product.read',
    summary: 'List your promotions',
    description: 'Newest first.',
    response: schema.promotionsShape,
    example: { items: [schema.promotionExample], page: 1, count: 1, total: 1 },
  })
  async list(@CurrentIsp() actor: Actor, @QueryString(schema.promotionsQuery) query: schema.PromotionsQuery) {
    const status = query.status && (query.status === 'Active' ? 'active' : 'retired');
    const { rows, total } = await this.promotions.list(actor, actor.partnerId, status, sliceOf(query));
    const timeZone = await this.timeZone(actor);
    return pageOfItems(
      rows.map((promotion) => presentPromotion(promotion, timeZone)),
      total,
      query,
    );
  }

  @Get(':promotion_id')
  @Operation({
    access: 'product.read',
    summary: 'Read a promotion of yours',
    response: schema.promotionShape,
    example: schema.promotionExample,
    errors: ['not_found'],
  })
  async read(@CurrentIsp() actor: Actor, @PathParam('promotion_id', guidParam) guid: string) {
    return this.present(actor, await this.promotions.get(actor, actor.partnerId, { guid }));
  }

  @Post()
  @Operation({
    access: 'product.manage',
    summary: 'Make a promotion',
    description:
      'It takes `percent` or `value` (without tax, in `currency_code`) off the first `months` monthly prices of what is ' +
      'ordered with its code between `start_date` and `end_date` (not included), `max_uses` times at most; for the products ' +
      'in `product_ids`, or for all of yours.',
    status: 201,
    response: schema.promotionShape,
    example: schema.promotionExample,
    requestExample: createPromotionExample,
    errors: ['conflict', 'unprocessable'],
  })
  async add(@CurrentIsp() actor: Actor, @JsonBody(schema.createPromotionBody) body: schema.CreatePromotionBody) {
    const { code, name, months, product_ids: ids = [] } = body;
    const products = ids.map((guid) => ({ guid }));
    const { partnerId } = actor;
    const promotion = await this.create.execute({ actor, partnerId, ...valuesOf(body), code, name, months, products });
    return createdAt(`/wholesale/promotions/${upperUuid(promotion.guid)}`, await this.present(actor, promotion));
  }

  @Put(':promotion_id')
  @Operation({
    access: 'product.manage',
    summary: 'Change a promotion of yours',
    description: 'For orders to come. What is left out stays; `product_ids` replaces all of those that were there.',
    response: schema.promotionShape,
    example: schema.promotionExample,
    requestExample: { max_uses: 1000 },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async put(
    @CurrentIsp() actor: Actor,
    @PathParam('promotion_id', guidParam) guid: string,
    @JsonBody(schema.changePromotionBody) body: schema.ChangePromotionBody,
  ) {
    const products = body.product_ids?.map((id) => ({ guid: id }));
    const input = { actor, partnerId: actor.partnerId, promotion: { guid }, changes: valuesOf(body), products };
    return this.present(actor, await this.change.execute(input));
  }

  @Post(':promotion_id/retire')
  @Operation({
    access: 'product.manage',
    summary: 'End a promotion of yours for good',
    description: 'What was ordered with it keeps its terms.',
    response: schema.promotionShape,
    example: { ...schema.promotionExample, status: 'Retired' },
    errors: ['not_found', 'conflict'],
  })
  async end(@CurrentIsp() actor: Actor, @PathParam('promotion_id', guidParam) guid: string) {
    const promotion = await this.retire.execute({ actor, partnerId: actor.partnerId, promotion: { guid } });
    return this.present(actor, promotion);
  }

  private async present(actor: Actor, promotion: PromotionView) {
    return presentPromotion(promotion, await this.timeZone(actor));
  }

  private async timeZone(actor: Actor): Promise<string> {
    return (await this.partners.get(actor, actor.partnerId)).timeZone;
  }
}
