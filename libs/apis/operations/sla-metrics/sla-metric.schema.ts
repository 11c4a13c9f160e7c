import { z } from 'zod';
import { filter, tolerantQuery } from '../filters.js';

export const slaMetricsQuery = tolerantQuery({
  customer_id: filter('Exactly this customer.'),
  reporting_period: filter('Exactly this month, `YYYY-MM`.'),
});
export type SlaMetricsQuery = z.infer<typeof slaMetricsQuery>;

export const slaMetricsShape = z.array(
  z.object({
    customer_id: z.string(),
    customer_name: z.string(),
    service_plan: z.string(),
    reporting_period: z.string(),
    committed_uptime_percent: z.number(),
    actual_uptime_percent: z.number().optional(),
    total_downtime_minutes: z.number(),
    sla_met: z.boolean().optional(),
    avg_latency_ms: z.number().optional(),
    committed_latency_ms: z.number().optional(),
    packet_loss_percent: z.number().optional(),
    committed_packet_loss_percent: z.number().optional(),
    incident_count: z.int(),
    mean_time_to_repair_minutes: z.number(),
    credits_issued_usd: z.number().optional(),
  }),
);

export const slaMetricsExample = [
  {
    customer_id: 'CUST-10001',
    customer_name: 'Harbour Logistics',
    service_plan: 'Business Fiber 500',
    reporting_period: '2025-01',
    committed_uptime_percent: 99.9,
    actual_uptime_percent: 99.594046,
    total_downtime_minutes: 180,
    sla_met: false,
    avg_latency_ms: 10,
    committed_latency_ms: 30,
    packet_loss_percent: 0,
    committed_packet_loss_percent: 0.5,
    incident_count: 1,
    mean_time_to_repair_minutes: 180,
    credits_issued_usd: 26.4,
  },
];
