import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { PartnerQueries } from '@isp/domain/partners';
import { Money } from '@isp/kernel';
import { UnitOfWork, statement, together, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { settlementErrors } from '../settlement.errors.js';
import type { SettlementLine } from './settlement-lines.js';
import { LINE_COLUMNS, SETTLEMENT_COLUMNS, type SettlementView } from './settlement.view.js';

interface Slice {
  readonly limit: number;
  readonly offset: number;
}

export const SETTLEMENT_SORTING = sorting({
  id: 's.id',
  otherwise: ['s.month DESC'],
  fields: {
    month: 's.month',
    issued_at: 's.issued_at',
  },
});
const LISTS = sortedStatements(
  'settlements-list',
  SETTLEMENT_SORTING,
  (order) =>
    `SELECT ${SETTLEMENT_COLUMNS} FROM settlements s WHERE s.partner_id = $1 ORDER BY ${order} LIMIT $2 OFFSET $3`,
);
const COUNT = statement(
  'settlements-count',
  'SELECT count(*)::integer AS total FROM settlements WHERE partner_id = $1',
);
const GET = statement(
  'settlements-get',
  `SELECT ${SETTLEMENT_COLUMNS} FROM settlements s WHERE s.partner_id = $1 AND s.month = $2`,
);
const LINES = statement(
  'settlement-lines-list',
  `SELECT ${LINE_COLUMNS} FROM settlement_lines l WHERE l.partner_id = $1 AND l.settlement_id = $2
    ORDER BY l.position LIMIT $3 OFFSET $4`,
);

/** Reads of issued settlements, inside the walls of the reader. */
@Injectable()
export class SettlementQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly partners: PartnerQueries,
  ) {}

  /** The latest month first. @throws `partners.partner.not_found`, also for one behind another wall */
  list(actor: Actor, partnerId: number, page: SortedSlice<typeof SETTLEMENT_SORTING>) {
    return this.uow.run(actor, async (tx) => {
      await this.partners.get(actor, partnerId);
      const [rows, count] = await together([
        tx.query<SettlementView>(LISTS.of(page.sort), [partnerId, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, [partnerId]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** Of a month, `YYYY-MM`. @throws `settlement.settlement.not_found`, also for another partner's */
  async get(actor: Actor, partnerId: number, month: string): Promise<SettlementView> {
    const found = await this.uow.run(actor, (tx) => tx.one<SettlementView>(GET, [partnerId, `${month}-01`]));
    if (!found) throw settlementErrors('settlement.settlement.not_found');
    return found;
  }

  /** A settlement with its lines, or with a page of them. @throws `settlement.settlement.not_found` */
  withLines(actor: Actor, partnerId: number, month: string, page?: Slice) {
    return this.uow.run(actor, async (tx) => {
      const settlement = await this.get(actor, partnerId, month);
      const slice = [page?.limit ?? null, page?.offset ?? 0];
      const lines = await tx.query<SettlementLine>(LINES, [partnerId, settlement.id, ...slice]);
      return { settlement, lines: lines.map(inCurrency) };
    });
  }
}

/** The database pads amounts; a line shows the decimals of its currency. */
function inCurrency(line: SettlementLine): SettlementLine {
  const text = (amount: string) => Money.of(amount, line.currency).toText();
  return { ...line, net: text(line.net), tax: text(line.tax), gross: text(line.gross) };
}
