import type { Actor } from '@isp/contracts';
import type { LevelFacts, LevelProof, LevelTermsView, LevelView, ServiceHealthView } from '@isp/domain/outages';
import { toIsoSeconds } from '@isp/kernel';
import { amountOf } from '../billing/money.js';
import { present as presentWindow } from './maintenance.controller.js';
import { isoOrNull, presentOutage } from './outage.presenter.js';

const minutes = (seconds: number | null): number | null =>
  seconds === null ? null : Number((seconds / 60).toFixed(3));
const decimalOrNull = (text: string | null): number | null => (text === null ? null : Number(text));

export function presentLevel(level: LevelView) {
  const { agreedSeconds, measuredSeconds, livedSeconds, incidents, repairSeconds, currency } = level;
  const unmeasured = livedSeconds === null || measuredSeconds === null ? null : livedSeconds - measuredSeconds;
  const money = (text: string): number => (currency === null ? 0 : amountOf(text, currency));
  return {
    id: level.id,
    customer_id: level.customerId,
    service_id: level.serviceId,
    service_plan: level.planName,
    period: level.period,
    measured_at: isoOrNull(level.measuredAt),
    final: level.final,
    committed_uptime_percent: decimalOrNull(level.committedPercent),
    actual_uptime_percent: level.actualPercent,
    agreed_minutes: minutes(agreedSeconds),
    measured_minutes: minutes(measuredSeconds),
    unmeasured_minutes: minutes(unmeasured),
    maintenance_minutes: minutes(level.maintenanceSeconds),
    downtime_minutes: minutes(level.downSeconds),
    incident_count: incidents,
    mean_time_to_repair_minutes: incidents && repairSeconds !== null ? minutes(repairSeconds / incidents) : null,
    latency_ms: level.latencyMs,
    committed_latency_ms: level.committedLatencyMs,
    packet_loss_percent: level.packetLossPercent,
    committed_packet_loss_percent: level.committedPacketLossPercent,
    met: level.met,
    currency,
    credit_amount: money(level.creditAmount),
    credited_amount: money(level.creditedAmount),
    credit_error: level.creditError,
  };
}

const instantOf = (seconds: number): string => toIsoSeconds(new Date(seconds * 1000));
const spanOf = ({ from, until }: { readonly from: number; readonly until: number }) => ({
  from: instantOf(from),
  until: instantOf(until),
});

function presentFacts({ probes, ...facts }: LevelFacts) {
  return {
    ...spanOf(facts),
    measured_until: instantOf(facts.now),
    agreed: facts.agreed.map(spanOf),
    maintenance: facts.maintenance.map(spanOf),
    outages: facts.outages.map((outage) => ({ outage_id: outage.outageId, ...spanOf(outage) })),
    sessions: facts.sessions.map(spanOf),
    observed: facts.observed.map(spanOf),
    probes: { asked: probes.asked, answered: probes.answered, elapsed_ms: probes.elapsedMs },
    monthly_fee: amountOf(facts.monthlyAmount, facts.currency),
  };
}

export function presentProof({ level, facts, derived, documents, ...verdicts }: LevelProof) {
  const { currency } = facts;
  return {
    service_level: presentLevel(level),
    facts: presentFacts(facts),
    arithmetic: derived.arithmetic,
    derived_downtime_minutes: minutes(derived.downSeconds),
    derived_uptime_percent: derived.actualPercent,
    derived_credit_amount: amountOf(derived.creditAmount, currency),
    ...verdicts,
    documents: documents.map(({ invoiceId, number, amount, totalAmount, at }) => ({
      invoice_id: invoiceId,
      number,
      amount: amountOf(amount, currency),
      credited_amount: amountOf(totalAmount, currency),
      at: toIsoSeconds(at),
    })),
  };
}

export function presentTerms(terms: LevelTermsView) {
  return {
    id: terms.id,
    plan_id: terms.planId,
    from: terms.from,
    latency_ms: terms.latencyMs,
    packet_loss_percent: terms.packetLossPercent,
    credit_percent: Number(terms.creditPercent),
    credit_minutes: terms.creditMinutes,
    credit_unit: terms.creditUnit,
    credit_cap_percent: Number(terms.creditCapPercent),
    credit_when: terms.creditWhen,
    created_by: terms.createdBy,
  };
}

export function presentHealth(actor: Actor, health: ServiceHealthView) {
  const { session, equipment } = health;
  return {
    service_id: health.serviceId,
    health: health.verdict,
    service_status: health.serviceStatus,
    outages: health.outages.map((outage) => presentOutage(actor, outage)),
    maintenance_windows: health.maintenance.map((window) => presentWindow(actor, window)),
    session: session && {
      started_at: toIsoSeconds(session.startedAt),
      last_heard_at: toIsoSeconds(session.heardAt),
      stopped_at: isoOrNull(session.stoppedAt),
      terminate_cause: session.terminateCause,
    },
    equipment: equipment && {
      reachability: equipment.reachability,
      read_at: isoOrNull(equipment.readAt),
      rx_power_dbm: equipment.rxPowerDbm,
      tx_power_dbm: equipment.txPowerDbm,
      samples: (equipment.samples ?? []).map(({ at, online, rxPowerDbm }) => ({
        at: toIsoSeconds(new Date(at)),
        online,
        rx_power_dbm: rxPowerDbm,
      })),
    },
    checked_at: toIsoSeconds(health.checkedAt),
  };
}
