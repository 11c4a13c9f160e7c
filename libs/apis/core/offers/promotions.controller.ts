import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CurrentActor,
  IfMatch,
  JsonBody,
  Operation,
  PathParam,
  QueryString,
  createPromotionExample,
  createdAt,
  intId,
  versioned,
} from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { ChangePromotion, CreatePromotion, PromotionQueries, RetirePromotion } from '@isp/domain/offers';
import { listOf, sliceOf } from '../lists.js';
import { presentPromotion, valuesOf } from './promotion.presenter.js';
import * as schema from './promotion.schema.js';

@ApiTags('Promotions')
@Controller('v1/partners/:partner_id/promotions')
export class PromotionsController {
  constructor(
    private readonly promotions: PromotionQueries,
    private readonly create: CreatePromotion,
    private readonly change: ChangePromotion,
    private readonly retire: RetirePromotion,
  ) {}

  @Get()
  @Operation({
    access: 'product.read',
    summary: "List a partner's promotions",
    description: 'Newest first.',
    response: schema.promotionsShape,
    example: {
      promotions: [schema.promotionExample],
      pagination: { page: 1, per_page: 25, total: 1, pages: 1 },
    },
    errors: ['not_found'],
  })
  async listPromotions(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @QueryString(schema.promotionsQuery) query: schema.PromotionsQuery,
  ) {
    const { rows, total } = await this.promotions.list(actor, partnerId, query.status, sliceOf(query));
    return listOf('promotions', rows.map(presentPromotion), total, query);
  }

  @Get(':promotion_id')
  @Operation({
    access: 'product.read',
    summary: "Read a partner's promotion",
    response: schema.promotionShape,
    example: schema.promotionExample,
    errors: ['not_found'],
  })
  async getPromotion(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @PathParam('promotion_id', intId) id: number,
  ) {
    const promotion = await this.promotions.get(actor, partnerId, { id });
    return versioned(promotion.revision, presentPromotion(promotion));
  }

  @Post()
  @Operation({
    access: 'product.manage',
    summary: 'Make a promotion of a partner',
    description:
      'It takes `percent` or `amount` (without tax, in `currency`) off the first `months` monthly prices of what is sold ' +
      'with its code from `starts_at` until before `ends_at`, `max_uses` times at most; for the products in ' +
      '`product_ids`, or for all of the partner.',
    status: 201,
    response: schema.promotionShape,
    example: schema.promotionExample,
    requestExample: createPromotionExample,
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async createPromotion(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @JsonBody(schema.createPromotionBody) body: schema.CreatePromotionBody,
  ) {
    const { code, name, months, product_ids: ids = [] } = body;
    const products = ids.map((id) => ({ id }));
    const promotion = await this.create.execute({ actor, partnerId, ...valuesOf(body), code, name, months, products });
    return createdAt(`/v1/partners/${partnerId}/promotions/${promotion.id}`, presentPromotion(promotion));
  }

  @Patch(':promotion_id')
  @Operation({
    access: 'product.manage',
    summary: 'Change a promotion for orders to come',
    description: '`product_ids` replaces all of those that were there; none for every product of the partner.',
    response: schema.promotionShape,
    example: schema.promotionExample,
    requestExample: { max_uses: 1000 },
    errors: ['not_found', 'conflict', 'precondition_failed', 'unprocessable'],
  })
  async changePromotion(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @PathParam('promotion_id', intId) id: number,
    @JsonBody(schema.changePromotionBody) body: schema.ChangePromotionBody,
    @IfMatch() ifMatch: number | undefined,
  ) {
    const products = body.product_ids?.map((productId) => ({ id: productId }));
    const input = { actor, partnerId, promotion: { id }, changes: valuesOf(body), products, ifMatch };
    const promotion = await this.change.execute(input);
    return versioned(promotion.revision, presentPromotion(promotion));
  }

  @Post(':promotion_id/retire')
  @Operation({
    access: 'product.manage',
    summary: 'End a promotion for good',
    description: 'What was sold with it keeps its terms.',
    response: schema.promotionShape,
    example: { ...schema.promotionExample, status: 'retired' },
    errors: ['not_found', 'conflict'],
  })
  async retirePromotion(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @PathParam('promotion_id', intId) id: number,
  ) {
    return presentPromotion(await this.retire.execute({ actor, partnerId, promotion: { id } }));
  }
}
