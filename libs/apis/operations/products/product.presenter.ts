import type { ProductReportRow } from '@isp/domain/reporting';
import { decimal } from '@isp/kernel';

/** Never null: text that there is none of is empty, and a price that is not in dollars is left out. */
export function presentProduct(row: ProductReportRow) {
  return {
    sku: row.sku,
    product_name: row.name,
    category: row.category,
    bandwidth: row.downloadMbps === null ? '' : bandwidthOf(row.downloadMbps),
    ...(row.currency === 'USD' ? { monthly_cost_usd: Number(row.monthlyAmount) } : {}),
    sla_uptime: `${decimal(row.slaUptimePercent).toString()}%`,
  };
}

/** `50 Mbps`, `1 Gbps`, `2.5 Gbps`. */
function bandwidthOf(mbps: number): string {
  return mbps < 1000 ? `${mbps} Mbps` : `${mbps / 1000} Gbps`;
}
