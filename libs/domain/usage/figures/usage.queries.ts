import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { CustomerQueries } from '@isp/domain/customers';
import { ServiceQueries } from '@isp/domain/services';
import { UnitOfWork, statement } from '@isp/platform/database';
import { type AskedDays, LocalDays } from './local-days.js';

/** The longest period that can be asked for. */
export const MOST_DAYS = 400;

/**
 * Bytes from the subscriber's side. A number holds them exactly up to 2^53 (9 PB); IPv6 is a part of the whole, IPv4 the
 * rest of it.
 */
export interface UsageFigures {
  readonly download: number;
  readonly upload: number;
  readonly ipv6Download: number;
  readonly ipv6Upload: number;
}

/** A day (`YYYY-MM-DD`), or a month (`YYYY-MM`) as far as it lies within the period. */
export interface UsageOfPeriod extends UsageFigures {
  readonly period: string;
}

export type Granularity = 'day' | 'month';

export interface UsageView {
  readonly timeZone: string;
  readonly from: string;
  readonly to: string;
  readonly granularity: Granularity;
  readonly periods: readonly UsageOfPeriod[];
  readonly total: UsageFigures;
}

export interface CustomerUsageView extends UsageView {
  readonly services: readonly (UsageFigures & { readonly serviceId: number })[];
}

const SUMS = `coalesce(sum(u.output_octets), 0)::float8 AS download, coalesce(sum(u.input_octets), 0)::float8 AS upload,
  coalesce(sum(u.ipv6_output_octets), 0)::float8 AS "ipv6Download", coalesce(sum(u.ipv6_input_octets), 0)::float8 AS "ipv6Upload"`;
const series = (match: string) => `SELECT to_char(d.day, $4) AS period, ${SUMS}
     FROM generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') d (day)
     LEFT JOIN (SELECT u.* FROM usage_daily u WHERE ${match} AND u.day BETWEEN $2::date AND $3::date) u ON u.day = d.day::date
    GROUP BY 1 ORDER BY 1`;
const OF_CUSTOMER = 'u.service_id IN (SELECT s.id FROM services s WHERE s.partner_id = $5 AND s.customer_id = $1)';
const SERVICE_SERIES = statement('usage-of-service', series('u.service_id = $1'));
const CUSTOMER_SERIES = statement('usage-of-customer', series(OF_CUSTOMER));
const CUSTOMER_SERVICES = statement(
  'usage-of-customer-services',
  `SELECT s.id AS "serviceId", ${SUMS} FROM services s
     LEFT JOIN usage_daily u ON u.service_id = s.id AND u.day BETWEEN $2::date AND $3::date
    WHERE s.partner_id = $4 AND s.customer_id = $1 GROUP BY s.id ORDER BY s.id`,
);
const FORMAT = { day: 'YYYY-MM-DD', month: 'YYYY-MM' } as const;

/** How much was carried, by day or month of the partner's calendar; days without traffic are rows of zeros. */
@Injectable()
export class UsageQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceQueries,
    private readonly customers: CustomerQueries,
    private readonly days: LocalDays,
  ) {}

  /** @throws `services.service.not_found` `usage.period.backwards` `usage.period.too_long` */
  async ofService(actor: Actor, serviceId: number, asked: AskedDays, granularity: Granularity): Promise<UsageView> {
    const { partnerId } = await this.services.get(actor, serviceId);
    const { timeZone, from, to } = await this.days.range(partnerId, asked, MOST_DAYS);
    const values = [serviceId, from, to, FORMAT[granularity]];
    const periods = await this.uow.read(actor, (tx) => tx.query<UsageOfPeriod>(SERVICE_SERIES, values));
    return { timeZone, from, to, granularity, periods, total: sumOf(periods) };
  }

  /** All services of a customer together and each. @throws `customers.customer.not_found` and as above */
  async ofCustomer(
    actor: Actor,
    customerId: number,
    asked: AskedDays,
    granularity: Granularity,
  ): Promise<CustomerUsageView> {
    const { partnerId } = await this.customers.get(actor, customerId);
    const { timeZone, from, to } = await this.days.range(partnerId, asked, MOST_DAYS);
    return this.uow.read(actor, async (tx) => {
      const [periods, services] = await Promise.all([
        tx.query<UsageOfPeriod>(CUSTOMER_SERIES, [customerId, from, to, FORMAT[granularity], partnerId]),
        tx.query<UsageFigures & { serviceId: number }>(CUSTOMER_SERVICES, [customerId, from, to, partnerId]),
      ]);
      return { timeZone, from, to, granularity, periods, services, total: sumOf(periods) };
    });
  }
}

function sumOf(rows: readonly UsageFigures[]): UsageFigures {
  const sum = (field: keyof UsageFigures): number => rows.reduce((total, row) => total + row[field], 0);
  const [download, upload] = [sum('download'), sum('upload')];
  return { download, upload, ipv6Download: sum('ipv6Download'), ipv6Upload: sum('ipv6Upload') };
}
