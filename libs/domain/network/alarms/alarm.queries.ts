import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { ALARM_COLUMNS, type AlarmSeverity, type AlarmStatus, type AlarmView } from './alarm.view.js';
import { THRESHOLD_COLUMNS, type ThresholdView } from './threshold.view.js';

const MATCH = `FROM alarms a JOIN devices d ON d.id = a.device_id WHERE ($1::text IS NULL OR a.status = $1)
  AND ($2::text IS NULL OR a.severity = $2) AND ($3::integer IS NULL OR a.device_id = $3)`;
export const ALARM_SORTING = sorting({
  id: 'a.id',
  otherwise: ['a.id DESC'],
  fields: {
    raised_at: 'a.raised_at',
  },
});
const LISTS = sortedStatements(
  'alarms-list',
  ALARM_SORTING,
  (order) => `SELECT ${ALARM_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $4 OFFSET $5`,
);
const COUNT = statement('alarms-count', `SELECT count(*)::integer AS total ${MATCH}`);
const THRESHOLDS = statement(
  'alarm-thresholds-list',
  `SELECT ${THRESHOLD_COLUMNS} FROM alarm_thresholds t WHERE status = 'active' ORDER BY id LIMIT $1 OFFSET $2`,
);
const THRESHOLD_COUNT = statement(
  'alarm-thresholds-count',
  `SELECT count(*)::integer AS total FROM alarm_thresholds WHERE status = 'active'`,
);

export interface AlarmFilter {
  readonly status?: AlarmStatus | undefined;
  readonly severity?: AlarmSeverity | undefined;
  readonly deviceId?: number | undefined;
}

interface Page {
  readonly limit: number;
  readonly offset: number;
}

@Injectable()
export class AlarmQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** Newest first. */
  list(actor: Actor, { status, severity, deviceId }: AlarmFilter, page: SortedSlice<typeof ALARM_SORTING>) {
    const values = [status ?? null, severity ?? null, deviceId ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<AlarmView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** Thresholds in force. */
  thresholds(actor: Actor, page: Page) {
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<ThresholdView>(THRESHOLDS, [page.limit, page.offset]),
        tx.one<{ total: number }>(THRESHOLD_COUNT),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }
}
