import type { Actor } from '@isp/contracts';
import { defineErrors } from '@isp/kernel';

export const supplierErrors = defineErrors({
  'suppliers.operator_only': { kind: 'forbidden', message: 'What the operator buys is its own business.' },
  'suppliers.supplier.not_found': { kind: 'not_found', message: 'Supplier not found' },
  'suppliers.supplier.stale': { kind: 'precondition_failed', message: 'The supplier has changed since you read it.' },
  'suppliers.supplier.exists': { kind: 'conflict', message: 'There is a supplier of that name.' },
  'suppliers.contract.not_found': { kind: 'not_found', message: 'Contract not found' },
  'suppliers.contract.stale': { kind: 'precondition_failed', message: 'The contract has changed since you read it.' },
  'suppliers.contract.exists': {
    kind: 'conflict',
    message: 'The supplier has a contract of that reference at that time.',
  },
  'suppliers.contract.claimed': { kind: 'conflict', message: 'There are claims from this contract: end it instead.' },
  'suppliers.contract.backwards': { kind: 'unprocessable', message: 'The contract ends before it begins.' },
  'suppliers.contract.one_place': { kind: 'unprocessable', message: 'A contract is of one device or one node.' },
  'suppliers.place.unknown': { kind: 'unprocessable', message: 'There is no such device or node.' },
});

/** @throws `suppliers.operator_only` */
export function assertBuyer(actor: Actor): void {
  if (actor.reach !== 'all') throw supplierErrors('suppliers.operator_only');
}
