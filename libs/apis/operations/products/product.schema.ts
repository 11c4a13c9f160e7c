import { z } from 'zod';
import { sliceFilters, tolerantQuery } from '../filters.js';

export const productsQuery = tolerantQuery(sliceFilters('`sku`'));
export type ProductsQuery = z.infer<typeof productsQuery>;

export const productsShape = z.array(
  z.object({
    sku: z.string(),
    product_name: z.string(),
    category: z.string(),
    bandwidth: z.string(),
    monthly_cost_usd: z.number().optional(),
    sla_uptime: z.string(),
  }),
);

export const productsExample = [
  {
    sku: 'RES-100',
    product_name: 'Home Fiber 100',
    category: 'Residential',
    bandwidth: '100 Mbps',
    monthly_cost_usd: 79.99,
    sla_uptime: '99.5%',
  },
];
