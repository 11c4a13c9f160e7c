import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { AreaProductRegister, type AreaProductView } from '@isp/domain/offers';
import { toIsoSeconds } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import * as schema from './area-product.schema.js';

@ApiTags('Areas')
@Controller('v1/areas/:area_id/products')
export class AreaProductsController {
  constructor(private readonly products: AreaProductRegister) {}

  @Get()
  @Operation({
    access: 'plan.read',
    summary: 'List which plans are sold in an area',
    description: 'Also those that are over and those to come, unless `sold_at` names an instant.',
    response: schema.areaProductsShape,
    example: {
      products: [schema.areaProductExample],
      pagination: { page: 1, per_page: 25, total: 1, pages: 1 },
    },
    errors: ['not_found'],
  })
  async listProducts(
    @CurrentActor() actor: Actor,
    @PathParam('area_id', intId) areaId: number,
    @QueryString(schema.areaProductsQuery) query: schema.AreaProductsQuery,
  ) {
    const { rows, total } = await this.products.list(actor, areaId, { soldAt: query.sold_at }, sliceOf(query));
    return listOf('products', rows.map(present), total, query);
  }

  @Post()
  @Operation({
    access: 'plan.manage',
    summary: 'Sell a plan in an area',
    description: 'To every partner, or to one alone. At once and without end unless told otherwise.',
    status: 201,
    response: schema.areaProductShape,
    example: schema.areaProductExample,
    requestExample: { plan_id: 2, sold_from: '2025-03-01T00:00:00Z' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async sell(
    @CurrentActor() actor: Actor,
    @PathParam('area_id', intId) areaId: number,
    @JsonBody(schema.sellInAreaBody) body: schema.SellInAreaBody,
  ) {
    const { plan_id: planId, partner_id: partnerId, sold_from: soldFrom, sold_until: soldUntil } = body;
    const input = { actor, areaId, planId, partnerId: partnerId ?? undefined, soldFrom, soldUntil };
    const sale = await this.products.sell(input);
    return createdAt(`/v1/areas/${areaId}/products/${sale.id}`, present(sale));
  }

  @Delete(':area_product_id')
  @Operation({
    access: 'plan.manage',
    summary: 'End the sale of a plan in an area',
    description: 'Now; one that has not begun is forgotten. What was ordered goes on.',
    status: 204,
    errors: ['not_found'],
  })
  async end(
    @CurrentActor() actor: Actor,
    @PathParam('area_id', intId) areaId: number,
    @PathParam('area_product_id', intId) id: number,
  ) {
    await this.products.end(actor, areaId, id);
  }
}

function present(sale: AreaProductView) {
  return {
    id: sale.id,
    area_id: sale.areaId,
    plan_id: sale.planId,
    sku: sale.sku,
    plan_name: sale.planName,
    partner_id: sale.partnerId,
    sold_from: toIsoSeconds(sale.soldFrom),
    sold_until: sale.soldUntil && toIsoSeconds(sale.soldUntil),
  };
}
