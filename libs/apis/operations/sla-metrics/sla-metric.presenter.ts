import type { LevelReportRow } from '@isp/domain/reporting';

const minutes = (seconds: number): number => Number((seconds / 60).toFixed(3));

/** Never null: what was not measured, or not promised, is left out, as is a credit that is not in dollars. */
export function presentSlaMetric(row: LevelReportRow) {
  const known = {
    actual_uptime_percent: row.actualPercent,
    sla_met: row.met,
    avg_latency_ms: row.latencyMs,
    committed_latency_ms: row.committedLatencyMs,
    packet_loss_percent: row.packetLossPercent,
    committed_packet_loss_percent: row.committedPacketLossPercent,
  };
  return {
    customer_id: row.customerCode,
    customer_name: row.customerName,
    service_plan: row.planName,
    reporting_period: row.period,
    committed_uptime_percent: row.committedPercent,
    total_downtime_minutes: minutes(row.downSeconds),
    incident_count: row.incidents,
    mean_time_to_repair_minutes: row.incidents === 0 ? 0 : minutes(row.repairSeconds / row.incidents),
    ...(row.currency === 'USD' ? { credits_issued_usd: Number(row.creditedAmount) } : {}),
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null)),
  };
}
