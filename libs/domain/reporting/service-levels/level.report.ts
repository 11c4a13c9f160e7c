import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { LevelReportRow } from './level-report.view.js';

const REPORT = statement(
  'reporting-service-levels',
  `SELECT c.display_id AS "customerCode", c.name AS "customerName", p.name AS "planName", to_char(l.period, 'YYYY-MM') AS period,
          l.committed_percent::float8 AS "committedPercent", l.actual_percent::float8 AS "actualPercent", l.down_seconds AS "downSeconds",
          l.met, l.latency_ms AS "latencyMs", (l.facts->'promise'->>'latencyMs')::float8 AS "committedLatencyMs",
          l.packet_loss_percent AS "packetLossPercent",
          (l.facts->'promise'->>'packetLossPercent')::float8 AS "committedPacketLossPercent", l.incidents,
          l.repair_seconds AS "repairSeconds", l.currency,
          (SELECT coalesce(-sum(CASE i.status WHEN 'void' THEN 0 ELSE i.total_amount END), 0)::text FROM service_level_credits d
             JOIN invoices i ON i.id = d.invoice_id WHERE d.partner_id = l.partner_id AND d.level_id = l.id) AS "creditedAmount"
     FROM service_levels l JOIN customers c ON c.id = l.customer_id JOIN services s ON s.id = l.service_id JOIN plans p ON p.id = s.plan_id
    WHERE l.measured_at IS NOT NULL AND ($1::integer IS NULL OR l.partner_id = $1) AND ($2::text IS NULL OR c.display_id = $2)
      AND ($3::text IS NULL OR to_char(l.period, 'YYYY-MM') = $3)
    ORDER BY l.period DESC, l.id`,
);

export interface LevelReportFilter {
  readonly customerCode?: string | undefined;
  /** `YYYY-MM`; one that does not exist finds nothing. */
  readonly period?: string | undefined;
}

/** Measured service levels in one look, the newest month first, inside the walls of the reader. */
@Injectable()
export class LevelReport {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, { customerCode, period }: LevelReportFilter = {}): Promise<LevelReportRow[]> {
    const partnerId = actor.reach === 'all' ? null : actor.partnerId;
    const values = [partnerId, customerCode ?? null, period ?? null];
    return this.uow.run(actor, (tx) => tx.query<LevelReportRow>(REPORT, values));
  }
}
