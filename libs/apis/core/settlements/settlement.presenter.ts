import type { ComputedSettlement, SettlementLine, SettlementTotal, SettlementView } from '@isp/domain/settlement';
import { toIsoSeconds } from '@isp/kernel';

export function presentSettlement(settlement: SettlementView) {
  return {
    id: settlement.id,
    guid: settlement.guid,
    ...presentBasis(settlement, settlement.lineCount),
    issued_by: settlement.issuedBy,
    issued_at: toIsoSeconds(settlement.issuedAt),
  };
}

export function presentPreview(computed: ComputedSettlement) {
  const { lines, month } = computed;
  return { ...presentBasis(computed, lines.length), lines: lines.map((line) => presentLine(line, month)) };
}

type Basis = Pick<ComputedSettlement, 'partnerId' | 'month' | 'timeZone' | 'suspendedPercent' | 'totals' | 'digest'>;

function presentBasis({ partnerId, month, timeZone, suspendedPercent, totals, digest }: Basis, lineCount: number) {
  return {
    partner_id: partnerId,
    month,
    time_zone: timeZone,
    suspended_percent: Number(suspendedPercent),
    totals: totals.map(presentTotal),
    line_count: lineCount,
    digest,
  };
}

function presentTotal({ currency, net, tax, gross }: SettlementTotal) {
  return { currency, net: Number(net), tax: Number(tax), gross: Number(gross) };
}

export function presentLine(line: SettlementLine, month: string) {
  return {
    service_id: line.serviceId,
    service_guid: line.serviceGuid,
    kind: line.kind,
    plan_id: line.planId,
    plan_version: line.planVersion,
    sku: line.sku,
    static_ip: line.staticIp,
    periods: line.periods.map(({ from, to }) => ({ from: dayOf(month, from), to: dayOf(month, to) })),
    days: line.days,
    unit_amount: Number(line.unitAmount),
    percent: Number(line.percent),
    currency: line.currency,
    net: Number(line.net),
    tax_percent: Number(line.taxPercent),
    tax: Number(line.tax),
    gross: Number(line.gross),
  };
}

const dayOf = (month: string, day: number): string => `${month}-${String(day).padStart(2, '0')}`;

const COLUMNS = [
  'service_id',
  'service_guid',
  'kind',
  'sku',
  'plan_version',
  'static_ip',
  'periods',
  'days',
  'unit_amount',
  'percent',
  'currency',
  'net',
  'tax_percent',
  'tax',
  'gross',
];

/** RFC 4180; no field holds a comma, a quote or a line break, nor begins like a formula. */
export function csvOf(lines: readonly SettlementLine[], month: string): string {
  const rows = lines.map((line) => {
    const periods = line.periods.map(({ from, to }) => `${dayOf(month, from)}/${dayOf(month, to)}`).join(' ');
    const what = [line.serviceId, line.serviceGuid, line.kind, line.sku, line.planVersion, line.staticIp, periods];
    const amounts = [line.unitAmount, line.percent, line.currency, line.net, line.taxPercent, line.tax, line.gross];
    return [...what, line.days, ...amounts].join(',');
  });
  return `${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
}
