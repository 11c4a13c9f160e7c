import { type AttributeKey, ERROR_CAUSE, RADIUS_CODE, type RadiusPacket, type RadiusReply } from '@isp/platform/radius';
import { textOf, valueOf } from '@isp/platform/radius';
import { type NasSession, rateIn } from './nas-session.js';

export interface NasIdentity {
  readonly address: string;
  readonly identifier: string;
}

export type ErrorCause = (typeof ERROR_CAUSE)[keyof typeof ERROR_CAUSE];

/** The attributes that this NAS takes in orders; RFC 5176 3 has it refuse all others. */
const UNDERSTOOD = new Set<AttributeKey>([
  'Acct-Session-Id',
  'User-Name',
  'Framed-IP-Address',
  'Calling-Station-Id',
  'NAS-IP-Address',
  'NAS-Identifier',
  'NAS-Port',
  'Event-Timestamp',
  'Message-Authenticator',
  'Proxy-State',
  'State',
  'Class',
  'Session-Timeout',
  'Mikrotik-Rate-Limit',
  'Mikrotik-Address-List',
  'WISPr-Bandwidth-Max-Up',
  'WISPr-Bandwidth-Max-Down',
]);

/** The one session that an order names, or why there is none. */
export function sessionFor(
  packet: RadiusPacket,
  nas: NasIdentity,
  sessions: ReadonlyMap<string, NasSession>,
): NasSession | ErrorCause {
  if (packet.attributes.some(([name]) => !UNDERSTOOD.has(name))) return ERROR_CAUSE.UnsupportedAttribute;
  if (differs(packet, 'NAS-IP-Address', nas.address)) return ERROR_CAUSE.NasIdentificationMismatch;
  if (differs(packet, 'NAS-Identifier', nas.identifier)) return ERROR_CAUSE.NasIdentificationMismatch;
  const names: AttributeKey[] = ['Acct-Session-Id', 'User-Name', 'Framed-IP-Address', 'Calling-Station-Id'];
  if (names.every((name) => valueOf(packet, name) === undefined)) return ERROR_CAUSE.MissingAttribute;
  const id = valueOf(packet, 'Acct-Session-Id');
  const candidates = id === undefined ? [...sessions.values()] : [sessions.get(`${id}`)].filter((found) => !!found);
  const meant = candidates.filter((session) => isMeant(packet, session));
  if (meant.length > 1) return ERROR_CAUSE.MultipleSessionSelectionUnsupported;
  return meant[0] ?? ERROR_CAUSE.SessionContextNotFound;
}

/** Gives the session what a CoA-Request says; undefined when it makes sense. */
export function changeSession(session: NasSession, packet: RadiusPacket): ErrorCause | undefined {
  const rate = rateIn(packet);
  if (rate === null) return ERROR_CAUSE.InvalidAttributeValue;
  session.rate = rate ?? session.rate;
  session.addressList = textOf(packet, 'Mikrotik-Address-List') ?? session.addressList;
  return undefined;
}

export function acknowledgement({ code }: RadiusPacket): RadiusReply {
  return { code: code === RADIUS_CODE.CoaRequest ? RADIUS_CODE.CoaAck : RADIUS_CODE.DisconnectAck };
}

export function refusal({ code }: RadiusPacket, cause: ErrorCause): RadiusReply {
  const nak = code === RADIUS_CODE.CoaRequest ? RADIUS_CODE.CoaNak : RADIUS_CODE.DisconnectNak;
  return { code: nak, attributes: [['Error-Cause', cause]] };
}

function isMeant(packet: RadiusPacket, session: NasSession): boolean {
  return (
    !differs(packet, 'User-Name', session.username) &&
    !differs(packet, 'Framed-IP-Address', session.framedAddress) &&
    !differs(packet, 'Calling-Station-Id', session.callingStation)
  );
}

function differs(packet: RadiusPacket, name: AttributeKey, held: string | undefined): boolean {
  const value = valueOf(packet, name);
  return value !== undefined && value !== held;
}
