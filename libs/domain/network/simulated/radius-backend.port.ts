/** An attribute as the RADIUS functions answer it: FreeRADIUS's names, values and operators. */
export interface RadiusItem {
  readonly attribute: string;
  readonly value: string;
  readonly op: string;
}

/** An Accounting-Request, decoded. */
export interface AccountingRecord {
  readonly status: 'start' | 'interim' | 'stop' | 'on' | 'off';
  readonly sessionId: string;
  /** MD5 of user, session, NAS and port: session ids alone are not unique. */
  readonly uniqueId: string;
  readonly username: string;
  readonly nasAddress: string;
  readonly nasIdentifier: string | null;
  readonly nasPort: string | null;
  readonly callingStation: string | null;
  readonly calledStation: string | null;
  readonly framedAddress: string | null;
  readonly framedPrefix: string | null;
  readonly delegatedPrefix: string | null;
  /** When it happened: the Event-Timestamp, or its arrival less the Acct-Delay-Time. */
  readonly at: Date;
  readonly seconds: number;
  readonly inputOctets: bigint;
  readonly outputOctets: bigint;
  readonly ipv6InputOctets: bigint;
  readonly ipv6OutputOctets: bigint;
  /** As FreeRADIUS writes it (`User-Request`); null unless the session stopped. */
  readonly terminateCause: string | null;
  /** Hexadecimal. */
  readonly class: string | null;
}

/** A log-in that was decided. Never holds a password. */
export interface LoginRecord {
  readonly username: string;
  readonly reply: 'Access-Accept' | 'Access-Reject';
  readonly nasAddress: string;
  readonly callingStation: string | null;
}

/** What the embedded responder knows the subscribers by. A rejection of any method leaves the NAS without an answer. */
export interface RadiusBackend {
  /** Of the NAS whose packets come from that address; undefined for a stranger. */
  clientSecret(address: string): Promise<string | undefined>;
  /** Cleartext-Password, Auth-Type, Expiration, Simultaneous-Use; nothing for an unknown subscriber. */
  check(username: string): Promise<readonly RadiusItem[]>;
  reply(username: string): Promise<readonly RadiusItem[]>;
  /** How many sessions the subscriber has that are not stale. */
  openSessions(username: string): Promise<number>;
  /** Resolves when it is stored. */
  accounting(record: AccountingRecord): Promise<void>;
  postAuth(record: LoginRecord): Promise<void>;
}
