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
import { ChangeProduct, CreateProduct, ProductQueries, RetireProduct } from '@isp/domain/offers';
import { listOf, sliceOf } from '../lists.js';
import { presentProduct, presentSetPrice, priceOf, valuesOf } from './partner-product.presenter.js';
import * as schema from './partner-product.schema.js';

const ONE_PAGE = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Partner products')
@Controller('v1/partners/:partner_id/products')
export class PartnerProductsController {
  constructor(
    private readonly products: ProductQueries,
    private readonly create: CreateProduct,
    private readonly change: ChangeProduct,
    private readonly retire: RetireProduct,
  ) {}

  @Get()
  @Operation({
    access: 'product.read',
    summary: "List a partner's own products",
    response: schema.productsShape,
    example: { products: [schema.productExample], pagination: ONE_PAGE },
    errors: ['not_found'],
  })
  async listProducts(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @QueryString(schema.productsQuery) query: schema.ProductsQuery,
  ) {
    const { rows, total } = await this.products.list(actor, partnerId, query.status, sliceOf(query));
    return listOf('products', rows.map(presentProduct), total, query);
  }

  @Get(':product_id')
  @Operation({
    access: 'product.read',
    summary: "Read a partner's own product",
    response: schema.productShape,
    example: schema.productExample,
    errors: ['not_found'],
  })
  async getProduct(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @PathParam('product_id', intId) id: number,
  ) {
    const product = await this.products.get(actor, partnerId, { id });
    return versioned(product.revision, presentProduct(product));
  }

  @Get(':product_id/prices')
  @Operation({
    access: 'product.read',
    summary: 'List what a product costs, cost and will cost',
    description: 'The latest instant first. What was sold keeps the price of its day.',
    response: schema.pricesShape,
    example: { prices: [schema.setPriceExample], pagination: ONE_PAGE },
    errors: ['not_found'],
  })
  async listPrices(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @PathParam('product_id', intId) id: number,
    @QueryString(schema.pricesQuery) query: schema.PricesQuery,
  ) {
    const { rows, total } = await this.products.prices(actor, partnerId, { id }, sliceOf(query));
    return listOf('prices', rows.map(presentSetPrice), total, query);
  }

  @Post()
  @Operation({
    access: 'product.manage',
    summary: 'Put a product of a partner over a plan on sale',
    description: 'It can be ordered wherever its plan can. A price takes effect at once unless it says when.',
    status: 201,
    response: schema.productShape,
    example: schema.productExample,
    requestExample: schema.createProductExample,
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async createProduct(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @JsonBody(schema.createProductBody) body: schema.CreateProductBody,
  ) {
    const { plan_id: planId, name, prices = [] } = body;
    const values = { ...valuesOf(body), name, plan: { id: planId }, prices: prices.map(priceOf) };
    const product = await this.create.execute({ actor, partnerId, ...values });
    return createdAt(`/v1/partners/${partnerId}/products/${product.id}`, presentProduct(product));
  }

  @Patch(':product_id')
  @Operation({
    access: 'product.manage',
    summary: "Change a partner's own product",
    description: '`prices` adds prices; those that are there are never rewritten.',
    response: schema.productShape,
    example: schema.productExample,
    requestExample: { prices: [{ type: 'monthly', tax_percent: 15, amount: 499 }] },
    errors: ['not_found', 'conflict', 'precondition_failed', 'unprocessable'],
  })
  async changeProduct(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @PathParam('product_id', intId) id: number,
    @JsonBody(schema.changeProductBody) body: schema.ChangeProductBody,
    @IfMatch() ifMatch: number | undefined,
  ) {
    const prices = (body.prices ?? []).map(priceOf);
    const input = { actor, partnerId, product: { id }, changes: valuesOf(body), prices, ifMatch };
    const product = await this.change.execute(input);
    return versioned(product.revision, presentProduct(product));
  }

  @Post(':product_id/retire')
  @Operation({
    access: 'product.manage',
    summary: "Take a partner's own product off sale for good",
    description: 'Services that were sold as it go on unchanged.',
    response: schema.productShape,
    example: { ...schema.productExample, status: 'retired' },
    errors: ['not_found', 'conflict'],
  })
  async retireProduct(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @PathParam('product_id', intId) id: number,
  ) {
    return presentProduct(await this.retire.execute({ actor, partnerId, product: { id } }));
  }
}
