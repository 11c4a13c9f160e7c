import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type SortedSlice, UnitOfWork, sortedStatements, sorting, statement } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';

/** One session as accounting tells it. Octets are decimal texts: they may exceed what a number holds exactly. */
export interface RadiusSessionView {
  /** Of the row; never used again. */
  readonly id: string;
  /** Acct-Session-Id, as the NAS gave it. */
  readonly sessionId: string;
  readonly username: string;
  readonly customerId: number | null;
  readonly serviceId: number | null;
  readonly nasAddress: string;
  readonly nasIdentifier: string | null;
  readonly nasPortId: string | null;
  readonly callingStationId: string | null;
  readonly framedAddress: string | null;
  readonly framedIpv6Prefix: string | null;
  readonly delegatedIpv6Prefix: string | null;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  /** Null while it is open. */
  readonly stoppedAt: Date | null;
  readonly seconds: number;
  /** Sent by the subscriber (RFC 2866: Input). */
  readonly uploaded: string;
  readonly downloaded: string;
  readonly ipv6Uploaded: string;
  readonly ipv6Downloaded: string;
  readonly terminateCause: string | null;
  readonly closedBy: 'nas' | 'reload' | 'silence' | 'reused' | 'gone' | null;
}

export interface AuthAttemptView {
  readonly id: string;
  readonly username: string;
  readonly serviceId: number | null;
  readonly accepted: boolean;
  readonly reason: string | null;
  readonly nasAddress: string | null;
  readonly nasIdentifier: string | null;
  readonly nasPortId: string | null;
  readonly callingStationId: string | null;
  readonly at: Date;
}

export interface SessionFilter {
  readonly open?: boolean | undefined;
  /** Sessions that were up at some time from here on. */
  readonly from?: Date | undefined;
  /** Sessions that began before. */
  readonly to?: Date | undefined;
}

export interface NetworkSessionFilter {
  readonly open?: boolean | undefined;
  readonly nasAddress?: string | undefined;
  readonly username?: string | undefined;
  readonly serviceId?: number | undefined;
  readonly framedAddress?: string | undefined;
  /** Sessions that were up at that instant. */
  readonly at?: Date | undefined;
}

interface Page {
  readonly limit: number;
  readonly offset: number;
}

const SESSION = `r.radacctid::text AS id, r.acctsessionid AS "sessionId", r.username, r.customer_id AS "customerId", r.service_id AS "serviceId",
  host(r.nasipaddress) AS "nasAddress", r.nasidentifier AS "nasIdentifier", r.nasportid AS "nasPortId", r.callingstationid AS "callingStationId",
  host(r.framedipaddress) AS "framedAddress", r.framedipv6prefix::text AS "framedIpv6Prefix", r.delegatedipv6prefix::text AS "delegatedIpv6Prefix",
  r.acctstarttime AS "startedAt", r.acctupdatetime AS "updatedAt", r.acctstoptime AS "stoppedAt", r.acctsessiontime::float8 AS seconds,
  r.acctinputoctets::text AS uploaded, r.acctoutputoctets::text AS downloaded, r.acctipv6inputoctets::text AS "ipv6Uploaded",
  r.acctipv6outputoctets::text AS "ipv6Downloaded", r.acctterminatecause AS "terminateCause", r.closed_by AS "closedBy"`;
const SERVICE = statement('radius-service-exists', 'SELECT FROM services WHERE id = $1');
const OF_SERVICE = `FROM radius.sessions r WHERE r.service_id = $1 AND ($2::boolean IS NULL OR (r.acctstoptime IS NULL) = $2)
  AND ($3::timestamptz IS NULL OR r.acctstoptime IS NULL OR r.acctstoptime >= $3) AND ($4::timestamptz IS NULL OR r.acctstarttime < $4)`;
export const SERVICE_SESSION_SORTING = sorting({
  id: 'r.radacctid',
  otherwise: ['r.service_id', 'r.acctstarttime DESC', 'r.radacctid DESC'],
  fields: { started_at: 'r.acctstarttime' },
});
const LISTS_OF_SERVICE = sortedStatements(
  'radius-sessions-of-service',
  SERVICE_SESSION_SORTING,
  (order) => `SELECT ${SESSION} ${OF_SERVICE} ORDER BY ${order} LIMIT $5 OFFSET $6`,
);
const COUNT_OF_SERVICE = statement(
  'radius-sessions-of-service-count',
  `SELECT count(*)::integer AS total ${OF_SERVICE}`,
);
const GET = statement('radius-session-get', `SELECT ${SESSION} FROM radius.sessions r WHERE r.radacctid = $1`);
const ATTEMPT = `a.id::text AS id, a.username, a.service_id AS "serviceId", a.reply = 'Access-Accept' AS accepted, a.reason,
  host(a.nasipaddress) AS "nasAddress", a.nasidentifier AS "nasIdentifier", a.nasportid AS "nasPortId",
  a.callingstationid AS "callingStationId", a.authdate AS at`;
const ATTEMPTS = `FROM radius.radpostauth a WHERE a.service_id = $1
  AND ($2::boolean IS NULL OR (a.reply = 'Access-Accept') = $2) AND ($3::timestamptz IS NULL OR a.authdate >= $3) AND ($4::timestamptz IS NULL OR a.authdate < $4)`;
const LIST_ATTEMPTS = statement(
  'radius-attempts',
  `SELECT ${ATTEMPT} ${ATTEMPTS} ORDER BY a.service_id DESC, a.id DESC LIMIT $5 OFFSET $6`,
);
const COUNT_ATTEMPTS = statement('radius-attempts-count', `SELECT count(*)::integer AS total ${ATTEMPTS}`);

/** Reads of sessions, inside the walls of the reader; those of unknown user names are the operator's alone. */
@Injectable()
export class RadiusSessions {
  constructor(private readonly uow: UnitOfWork) {}

  /** Sessions of a service, newest first. @throws `network.service.not_found`, also for one behind another wall */
  ofService(actor: Actor, serviceId: number, filter: SessionFilter, page: SortedSlice<typeof SERVICE_SESSION_SORTING>) {
    const values = [serviceId, filter.open ?? null, filter.from ?? null, filter.to ?? null];
    return this.uow.read(actor, async (tx) => {
      const [service, rows, count] = await Promise.all([
        tx.query(SERVICE, [serviceId]),
        tx.query<RadiusSessionView>(LISTS_OF_SERVICE.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT_OF_SERVICE, values),
      ]);
      if (service.length === 0) throw networkErrors('network.service.not_found');
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** Sessions of the whole network, newest first; those of the archive where a user, a service or an address is asked for. */
  list(actor: Actor, filter: NetworkSessionFilter, page: Page) {
    const { text, values } = listText(actor, filter);
    return this.uow.read(actor, async (tx) => {
      const list = statement(
        `radius-sessions-${text.name}`,
        `SELECT ${SESSION} ${text.match} ORDER BY r.radacctid DESC LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
      );
      const counting = statement(
        `radius-sessions-count-${text.name}`,
        `SELECT count(*)::integer AS total ${text.match}`,
      );
      const [rows, count] = await Promise.all([
        tx.query<RadiusSessionView>(list, [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(counting, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `network.session.not_found` */
  async get(actor: Actor, id: string): Promise<RadiusSessionView> {
    const session = await this.uow.read(actor, (tx) => tx.one<RadiusSessionView>(GET, [id]));
    if (!session) throw networkErrors('network.session.not_found');
    return session;
  }
}

/** Only what is asked stands in the text, so that each question finds its own index. */
function listText(actor: Actor, filter: NetworkSessionFilter) {
  const asked: [name: string, condition: string, value: unknown][] = [];
  if (actor.reach !== 'all') asked.push(['partner', 'r.partner_id = ?', actor.partnerId]);
  if (filter.nasAddress !== undefined) asked.push(['nas', 'r.nasipaddress = ?::inet', filter.nasAddress]);
  if (filter.username !== undefined) asked.push(['name', 'r.username = ?', filter.username]);
  if (filter.serviceId !== undefined) asked.push(['service', 'r.service_id = ?', filter.serviceId]);
  if (filter.framedAddress !== undefined) asked.push(['address', 'r.framedipaddress = ?::inet', filter.framedAddress]);
  if (filter.at !== undefined)
    asked.push(['at', `r.acctstarttime <= ? AND (r.acctstoptime IS NULL OR r.acctstoptime >= ?)`, filter.at]);
  const state =
    filter.open === undefined ? [] : [filter.open ? 'r.acctstoptime IS NULL' : 'r.acctstoptime IS NOT NULL'];
  const conditions = [...asked.map(([, condition], index) => condition.replaceAll('?', `$${index + 1}`)), ...state];
  const name = [...asked.map(([one]) => one), filter.open === undefined ? 'any' : filter.open ? 'open' : 'closed'].join(
    '-',
  );
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  // Without one of these all rows are counted, of which the archive has by far the most.
  const narrow = filter.username ?? filter.serviceId ?? filter.framedAddress;
  return {
    text: { name, match: `FROM radius.${narrow === undefined ? 'radacct' : 'sessions'} r ${where}` },
    values: asked.map(([, , value]) => value),
  };
}

export interface AttemptFilter {
  readonly accepted?: boolean | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** Reads of attempts to log in. */
@Injectable()
export class AuthAttempts {
  constructor(private readonly uow: UnitOfWork) {}

  /** Attempts for a service, newest first. @throws `network.service.not_found` */
  ofService(actor: Actor, serviceId: number, filter: AttemptFilter, page: Page) {
    const values = [serviceId, filter.accepted ?? null, filter.from ?? null, filter.to ?? null];
    return this.uow.read(actor, async (tx) => {
      const [service, rows, count] = await Promise.all([
        tx.query(SERVICE, [serviceId]),
        tx.query<AuthAttemptView>(LIST_ATTEMPTS, [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT_ATTEMPTS, values),
      ]);
      if (service.length === 0) throw networkErrors('network.service.not_found');
      return { rows, total: count?.total ?? 0 };
    });
  }
}
