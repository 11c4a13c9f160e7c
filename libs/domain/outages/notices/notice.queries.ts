import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';

export const NOTICE_SUBJECTS = ['outage', 'maintenance'] as const;

export interface NoticeView {
  readonly id: number;
  readonly customerId: number;
  readonly subject: (typeof NOTICE_SUBJECTS)[number];
  readonly subjectId: number;
  readonly kind: 'opened' | 'resolved' | 'corrected' | 'planned' | 'changed' | 'cancelled';
  readonly serviceIds: readonly number[];
  readonly title: string;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  readonly at: Date;
}

const MATCH = `FROM service_notices n WHERE ($1::integer IS NULL OR n.customer_id = $1) AND ($2::text IS NULL OR n.subject = $2)
  AND ($3::integer IS NULL OR n.subject_id = $3)`;
export const NOTICE_SORTING = sorting({
  id: 'n.id',
  otherwise: ['n.id DESC'],
  fields: {
    at: 'n.id',
  },
});
const LISTS = sortedStatements(
  'service-notices-list',
  NOTICE_SORTING,
  (
    order,
  ) => `SELECT n.id::float8 AS id, n.customer_id AS "customerId", n.subject, n.subject_id AS "subjectId", n.kind, n.service_ids AS "serviceIds",
          n.title, n.starts_at AS "startsAt", n.ends_at AS "endsAt", n.at ${MATCH} ORDER BY ${order} LIMIT $4 OFFSET $5`,
);
const COUNT = statement('service-notices-count', `SELECT count(*)::integer AS total ${MATCH}`);

export interface NoticeFilter {
  readonly customerId?: number | undefined;
  readonly subject?: NoticeView['subject'] | undefined;
  readonly subjectId?: number | undefined;
}

/** What customers were told of outages and of announced work. */
@Injectable()
export class NoticeQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** Newest first. */
  list(actor: Actor, { customerId, subject, subjectId }: NoticeFilter, page: SortedSlice<typeof NOTICE_SORTING>) {
    const values = [customerId ?? null, subject ?? null, subjectId ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<NoticeView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }
}
