import { Controller, Get, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { JsonBody, Operation, PathParam, QueryString, createdAt } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import {
  AvailabilityQueries,
  ChangeProduct,
  CreateProduct,
  type NewPrice,
  ProductQueries,
  type ProductView,
  PromotionQueries,
  RetireProduct,
} from '@isp/domain/offers';
import { PartnerQueries } from '@isp/domain/partners';
import { upperUuid } from '@isp/kernel';
import { CurrentIsp } from '../caller.js';
import { guidParam } from '../guid.js';
import { pageOfItems, sliceOf } from '../lists.js';
import { createProductExample, productExample, setPriceExample } from './product.examples.js';
import { presentAvailability, presentProduct, presentPromotion, presentSetPrice } from './product.presenter.js';
import * as schema from './product.schema.js';

@ApiTags('Products')
@Controller('wholesale/products')
export class WholesaleProductsController {
  constructor(
    private readonly availability: AvailabilityQueries,
    private readonly products: ProductQueries,
    private readonly promotions: PromotionQueries,
    private readonly create: CreateProduct,
    private readonly change: ChangeProduct,
    private readonly retire: RetireProduct,
    private readonly partners: PartnerQueries,
  ) {}

  @Get('availability/:latitude/:longitude')
  @Operation({
    access: 'product.read',
    summary: 'What can be ordered at a place',
    description:
      'Your own products and the wholesale ones that you may sell there, of areas whose network is live. When the list is ' +
      'empty, `reason` says why (`no_coverage`, `building`, `planned`, `not_sold`) and `available_from` from which day on ' +
      'there will be something, where that is known.',
    response: schema.availabilityShape,
    example: { items: [productExample] },
  })
  async available(
    @CurrentIsp() actor: Actor,
    @PathParam('latitude', schema.latitude) latitude: string,
    @PathParam('longitude', schema.longitude) longitude: string,
  ) {
    return presentAvailability(await this.availability.at(actor, latitude, longitude));
  }

  @Get()
  @Operation({
    access: 'product.read',
    summary: 'List products',
    description: 'Your own products on sale, then the wholesale ones that you may sell somewhere.',
    response: schema.productsShape,
    example: { items: [productExample], page: 1, count: 1, total: 1 },
  })
  async list(@CurrentIsp() actor: Actor, @QueryString(schema.productsQuery) query: schema.ProductsQuery) {
    const { rows, total } = await this.products.orderable(actor, sliceOf(query));
    const timeZone = await this.timeZone(actor);
    return pageOfItems(
      rows.map((product) => presentProduct(product, timeZone)),
      total,
      query,
    );
  }

  @Get(':product_id')
  @Operation({
    access: 'product.read',
    summary: 'Read a product',
    description:
      'With a `promo_code` of yours, `promotion` says what its monthly prices are for so many months; a code that an order ' +
      'could not name is refused.',
    response: schema.promotedProductShape,
    example: productExample,
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async read(
    @CurrentIsp() actor: Actor,
    @PathParam('product_id', guidParam) guid: string,
    @QueryString(schema.productQuery) { promo_code: code }: schema.ProductQuery,
  ) {
    const product = await this.products.orderableOne(actor, guid);
    const shown = await this.present(actor, product);
    if (code === undefined) return shown;
    const promotion = await this.promotions.forOrder(actor, actor.partnerId, code, product);
    return { ...shown, promotion: presentPromotion(product, promotion) };
  }

  @Get(':product_id/prices')
  @Operation({
    access: 'product.read',
    summary: 'List what a product of yours costs, cost and will cost',
    description: 'The latest `effective_date` first. What was ordered keeps the price of its day.',
    response: schema.pricesShape,
    example: { items: [setPriceExample], page: 1, count: 1, total: 1 },
    errors: ['not_found'],
  })
  async prices(
    @CurrentIsp() actor: Actor,
    @PathParam('product_id', guidParam) guid: string,
    @QueryString(schema.productsQuery) query: schema.ProductsQuery,
  ) {
    const { rows, total } = await this.products.prices(actor, actor.partnerId, { guid }, sliceOf(query));
    const timeZone = await this.timeZone(actor);
    return pageOfItems(
      rows.map((price) => presentSetPrice(price, timeZone)),
      total,
      query,
    );
  }

  @Post()
  @Operation({
    access: 'product.manage',
    summary: 'Put a product of your own on sale',
    description:
      '`parent_id` is the wholesale product under it; it can be ordered wherever that one can. A price takes effect at ' +
      'once, or at its `effective_date` (RFC 3339); its currency is yours unless it names another.',
    status: 201,
    response: schema.productShape,
    example: productExample,
    requestExample: createProductExample,
    errors: ['conflict', 'unprocessable'],
  })
  async add(@CurrentIsp() actor: Actor, @JsonBody(schema.createProductBody) body: schema.CreateProductBody) {
    const { parent_id: parent, pricing = [] } = body;
    const values = { ...valuesOf(body), name: body.name, plan: { guid: parent }, prices: pricing.map(priceOf) };
    const product = await this.create.execute({ actor, partnerId: actor.partnerId, ...values });
    return createdAt(`/wholesale/products/${upperUuid(product.guid)}`, await this.present(actor, product));
  }

  @Put(':product_id')
  @Operation({
    access: 'product.manage',
    summary: 'Change a product of yours',
    description: 'What is left out stays. `pricing` adds prices; those that are there are never rewritten.',
    response: schema.productShape,
    example: productExample,
    requestExample: { pricing: [{ price_type: 'Monthly', tax: 15, value: 499 }] },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async put(
    @CurrentIsp() actor: Actor,
    @PathParam('product_id', guidParam) guid: string,
    @JsonBody(schema.changeProductBody) body: schema.ChangeProductBody,
  ) {
    const prices = (body.pricing ?? []).map(priceOf);
    const input = { actor, partnerId: actor.partnerId, product: { guid }, changes: valuesOf(body), prices };
    return this.present(actor, await this.change.execute(input));
  }

  @Post(':product_id/retire')
  @Operation({
    access: 'product.manage',
    summary: 'Take a product of yours off sale for good',
    description: 'Services that were ordered as it go on unchanged.',
    response: schema.productShape,
    example: { ...productExample, status: 'Retired' },
    errors: ['not_found', 'conflict'],
  })
  async end(@CurrentIsp() actor: Actor, @PathParam('product_id', guidParam) guid: string) {
    return this.present(actor, await this.retire.execute({ actor, partnerId: actor.partnerId, product: { guid } }));
  }

  private async present(actor: Actor, product: ProductView) {
    return presentProduct(product, await this.timeZone(actor));
  }

  private async timeZone(actor: Actor): Promise<string> {
    return (await this.partners.get(actor, actor.partnerId)).timeZone;
  }
}

function valuesOf({ name, description, logo, min_contract: contractMonths }: schema.ChangeProductBody) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(logo === undefined ? {} : { logo }),
    ...(contractMonths === undefined ? {} : { contractMonths }),
  };
}

function priceOf({
  price_type: type,
  currency_code: currency,
  tax,
  value,
  effective_date,
}: schema.PriceBody): NewPrice {
  const kind = type === 'Monthly' ? 'monthly' : 'once_off';
  return { type: kind, currency, taxPercent: tax.toString(), amount: value, effectiveAt: effective_date };
}
