import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '@isp/platform/database';
import { SettlementComputer, digestOf, textOf } from './settlement-computer.js';
import { type SettlementLine, totalsOf } from './settlement-lines.js';
import { SettlementQueries } from './settlement.queries.js';
import type { SettlementInput } from './issue-settlement.usecase.js';

export interface Proof {
  /** What was issued, what is stored and what is computed again are the same. */
  readonly matches: boolean;
  readonly issuedDigest: string;
  /** Of the lines as they are stored now. */
  readonly storedDigest: string;
  readonly computedDigest: string;
  /** Whether the totals that were issued are those of the stored lines. */
  readonly totalsMatch: boolean;
  /** Lines that are stored and are not computed again, and the other way round. */
  readonly onlyStored: readonly SettlementLine[];
  readonly onlyComputed: readonly SettlementLine[];
}

/** Computes an issued settlement again, on the terms of its day, and compares. */
@Injectable()
export class ProveSettlement {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly queries: SettlementQueries,
    private readonly computer: SettlementComputer,
  ) {}

  /** @throws `settlement.settlement.not_found` */
  execute({ actor, partnerId, month }: SettlementInput): Promise<Proof> {
    return this.uow.run(actor, async () => {
      const { settlement, lines: stored } = await this.queries.withLines(actor, partnerId, month);
      const { timeZone, suspendedPercent, digest: issuedDigest, totals } = settlement;
      const basis = { partnerId, month, timeZone, suspendedPercent };
      const computed = await this.computer.compute(actor, basis);
      const storedDigest = digestOf(basis, stored);
      const totalsMatch = JSON.stringify(ordered(totalsOf(stored))) === JSON.stringify(ordered(totals));
      return {
        matches: issuedDigest === storedDigest && issuedDigest === computed.digest && totalsMatch,
        issuedDigest,
        storedDigest,
        computedDigest: computed.digest,
        totalsMatch,
        onlyStored: without(stored, computed.lines),
        onlyComputed: without(computed.lines, stored),
      };
    });
  }
}

function without(lines: readonly SettlementLine[], others: readonly SettlementLine[]): SettlementLine[] {
  const known = new Set(others.map(textOf));
  return lines.filter((line) => !known.has(textOf(line)));
}

/** JSON in the database keeps no order of fields. */
function ordered(totals: readonly { currency: string; net: string; tax: string; gross: string }[]) {
  return totals.map(({ currency, net, tax, gross }) => [currency, net, tax, gross]);
}
