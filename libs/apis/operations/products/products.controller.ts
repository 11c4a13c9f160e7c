import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Operation, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { ProductReport } from '@isp/domain/reporting';
import { presentProduct } from './product.presenter.js';
import * as schema from './product.schema.js';

@ApiTags('Sales')
@Controller('operations/v1/products')
export class OperationsProductsController {
  constructor(private readonly report: ProductReport) {}

  @Get()
  @Operation({
    access: 'product.read',
    summary: 'List the products on sale',
    description:
      'Oldest first. Unknown parameters are ignored. `bandwidth` is the download speed, empty for what has none; ' +
      '`monthly_cost_usd` is without tax, and left out for a product that is not sold in US dollars.',
    response: schema.productsShape,
    example: schema.productsExample,
  })
  async getProducts(@CurrentActor() actor: Actor, @QueryString(schema.productsQuery) query: schema.ProductsQuery) {
    const rows = await this.report.list(actor, { after: query.after_id, limit: query.limit });
    return rows.map(presentProduct);
  }
}
