import type { RadiusPacket } from '@isp/platform/radius';

/** An attribute as the RADIUS functions answer it: FreeRADIUS's names, values and operators. */
export interface RadiusItem {
  readonly attribute: string;
  readonly value: string;
  readonly op: string;
}

/** A packet of a known NAS and where it came from. */
export interface ReceivedPacket {
  readonly packet: RadiusPacket;
  readonly from: string;
  readonly at: Date;
}

/** A log-in that was decided. `reason` is for people; nothing here is a password. */
export interface LoginOutcome {
  readonly username: string;
  readonly reply: 'Access-Accept' | 'Access-Reject';
  readonly reason: string;
}

/** What the embedded responder knows the subscribers by. A rejection of any method leaves the NAS without an answer. */
export interface RadiusBackend {
  /** Of the NAS whose packets come from that address; undefined for a stranger. */
  clientSecret(address: string): Promise<string | undefined>;
  /** Cleartext-Password, Auth-Type, Simultaneous-Use; nothing for an unknown subscriber. */
  check(username: string): Promise<readonly RadiusItem[]>;
  reply(username: string): Promise<readonly RadiusItem[]>;
  /** How many sessions the subscriber has that are not stale and not of this equipment. */
  liveSessions(username: string, callingStation: string): Promise<number>;
  /** Resolves when it is stored. */
  accounting(received: ReceivedPacket): Promise<void>;
  postAuth(outcome: LoginOutcome, received: ReceivedPacket): Promise<void>;
}
