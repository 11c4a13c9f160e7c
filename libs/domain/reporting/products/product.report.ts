import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { ProductReportRow } from './product-report.view.js';

const REPORT = statement(
  'reporting-products',
  `SELECT p.sku, p.name, p.category, p.download_mbps AS "downloadMbps", p.monthly_amount::text AS "monthlyAmount", p.currency,
          p.sla_uptime_percent::text AS "slaUptimePercent"
     FROM plans p
    WHERE p.status = 'active' AND ($1::text IS NULL OR p.id > (SELECT last.id FROM plans last WHERE last.sku = $1))
    ORDER BY p.id LIMIT $2`,
);

export interface ProductReportFilter {
  /** SKU of the last row that the reader has; one that does not exist has nothing after it. */
  readonly after?: string | undefined;
  /** All of them unless told otherwise. */
  readonly limit?: number | undefined;
}

/** What is on sale, oldest first. */
@Injectable()
export class ProductReport {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, { after, limit }: ProductReportFilter = {}): Promise<ProductReportRow[]> {
    return this.uow.run(actor, (tx) => tx.query<ProductReportRow>(REPORT, [after ?? null, limit ?? null]));
  }
}
