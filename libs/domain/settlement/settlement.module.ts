import { Module } from '@nestjs/common';
import { PartnersModule } from '@isp/domain/partners';
import { IssueSettlement } from './settlements/issue-settlement.usecase.js';
import { ProveSettlement } from './settlements/prove-settlement.queries.js';
import { SettlementComputer } from './settlements/settlement-computer.js';
import { SettlementTerms } from './settlements/settlement-terms.js';
import { SettlementQueries } from './settlements/settlement.queries.js';

const DOOR = [SettlementQueries, IssueSettlement, ProveSettlement, SettlementTerms];

/** What partners owe the operator for a month. */
@Module({ imports: [PartnersModule], providers: [...DOOR, SettlementComputer], exports: DOOR })
export class SettlementModule {}
