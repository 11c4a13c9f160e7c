export * from './settlement.module.js';
export * from './settlements/issue-settlement.usecase.js';
export * from './settlements/prove-settlement.queries.js';
export type { LineKind, SettlementLine, SettlementTotal } from './settlements/settlement-lines.js';
export * from './settlements/settlement-terms.js';
export * from './settlements/settlement.queries.js';
export type { ComputedSettlement, SettlementView } from './settlements/settlement.view.js';
