import type { SettlementLine, SettlementView } from '@isp/domain/settlement';
import { upperUuid } from '@isp/kernel';
import { toOrderFlowTime } from '../dates.js';

export function presentSettlement(settlement: SettlementView) {
  return {
    id: upperUuid(settlement.guid),
    month: settlement.month,
    time_zone: settlement.timeZone,
    suspended_percent: Number(settlement.suspendedPercent),
    totals: settlement.totals.map(({ currency, net, tax, gross }) => ({
      currency_code: currency,
      value: Number(net),
      tax: Number(tax),
      value_incl: Number(gross),
    })),
    issued_at: toOrderFlowTime(settlement.issuedAt, settlement.timeZone),
  };
}

const KINDS = { monthly: 'Monthly', suspended: 'Suspended', activation: 'Activation' } as const;

export function presentLine(line: SettlementLine, month: string) {
  const day = (number: number) => `${month}-${String(number).padStart(2, '0')}`;
  return {
    service_id: upperUuid(line.serviceGuid),
    kind: KINDS[line.kind],
    sku: line.sku,
    static_ip: line.staticIp,
    periods: line.periods.map(({ from, to }) => ({ from: day(from), to: day(to) })),
    days: line.days,
    unit_value: Number(line.unitAmount),
    percent: Number(line.percent),
    currency_code: line.currency,
    value: Number(line.net),
    tax_percent: Number(line.taxPercent),
    tax: Number(line.tax),
    value_incl: Number(line.gross),
  };
}
