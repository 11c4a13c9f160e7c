import type { ClaimView } from '@isp/domain/outages';
import type { ContractView, SupplierView } from '@isp/domain/suppliers';
import { toIsoSeconds } from '@isp/kernel';

const times = ({ version, createdAt, updatedAt }: { version: number; createdAt: Date; updatedAt: Date }) => ({
  version,
  created_at: toIsoSeconds(createdAt),
  updated_at: toIsoSeconds(updatedAt),
});

export function presentSupplier(supplier: SupplierView) {
  const { id, name, email, phone, status } = supplier;
  return { id, name, email, phone, status, ...times(supplier) };
}

export function presentContract(contract: ContractView) {
  return {
    id: contract.id,
    supplier_id: contract.supplierId,
    supplier: contract.supplier,
    reference: contract.reference,
    description: contract.description,
    device_id: contract.deviceId,
    node_id: contract.nodeId,
    valid_from: contract.validFrom,
    valid_until: contract.validUntil,
    time_zone: contract.timeZone,
    monthly_amount: Number(contract.monthlyAmount),
    currency: contract.currency,
    committed_percent: Number(contract.committedPercent),
    credit_percent: Number(contract.creditPercent),
    credit_minutes: contract.creditMinutes,
    credit_unit: contract.creditUnit,
    credit_cap_percent: Number(contract.creditCapPercent),
    claim_days: contract.claimDays,
    ...times(contract),
  };
}

export function presentClaim(claim: ClaimView) {
  return {
    id: claim.id,
    contract_id: claim.contractId,
    contract: claim.contract,
    supplier_id: claim.supplierId,
    supplier: claim.supplier,
    month: claim.period.slice(0, 7),
    status: claim.status,
    down_minutes: Math.round((claim.downSeconds * 100) / 60) / 100,
    actual_percent: claim.actualPercent,
    amount: Number(claim.amount),
    measured_amount: Number(claim.measuredAmount),
    currency: claim.currency,
    arithmetic: claim.arithmetic,
    facts: claim.facts,
    settled_amount: claim.settledAmount === null ? null : Number(claim.settledAmount),
    their_reference: claim.theirReference,
    note: claim.note,
    submit_by: claim.submitBy,
    submitted_at: claim.submittedAt && toIsoSeconds(claim.submittedAt),
    settled_at: claim.settledAt && toIsoSeconds(claim.settledAt),
    ...times(claim),
  };
}
