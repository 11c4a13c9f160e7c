import { describe, expect, it } from '@jest/globals';
import type { ProductReportRow } from '@isp/domain/reporting';
import { presentProduct } from './product.presenter.js';
import { productsExample, productsShape } from './product.schema.js';

const row: ProductReportRow = {
  sku: 'RES-100',
  name: 'Home Fiber 100',
  category: 'Residential',
  downloadMbps: 100,
  monthlyAmount: '79.9900',
  currency: 'USD',
  slaUptimePercent: '99.500',
};

describe('presentProduct', () => {
  it('words a product as the document does', () => {
    expect([presentProduct(row)]).toEqual(productsExample);
    expect(productsShape.parse([presentProduct(row)])).toEqual(productsExample);
  });

  it.each([
    [50, '50 Mbps'],
    [999, '999 Mbps'],
    [1000, '1 Gbps'],
    [2500, '2.5 Gbps'],
    [10_000, '10 Gbps'],
    [null, ''],
  ])('writes %p Mbit/s as %p', (downloadMbps, bandwidth) => {
    expect(presentProduct({ ...row, downloadMbps }).bandwidth).toBe(bandwidth);
  });

  it.each([
    ['99.900', '99.9%'],
    ['99.000', '99%'],
    ['99.999', '99.999%'],
    ['100.000', '100%'],
  ])('writes %s as %s', (slaUptimePercent, sla) => {
    expect(presentProduct({ ...row, slaUptimePercent }).sla_uptime).toBe(sla);
  });

  it('does not call another currency dollars', () => {
    expect(presentProduct({ ...row, currency: 'ZAR' })).not.toHaveProperty('monthly_cost_usd');
  });
});
