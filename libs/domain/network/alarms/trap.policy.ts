import type { AlarmSeverity } from './alarm.view.js';

/** snmpTrapOID.0 (RFC 3418). */
export const TRAP_OID = '1.3.6.1.6.3.1.1.4.1.0';
/** Traps of RFC 3418 and RFC 2863 that are said in words. */
const NAMES: Readonly<Record<string, string>> = {
  '1.3.6.1.6.3.1.1.5.1': 'Cold start',
  '1.3.6.1.6.3.1.1.5.2': 'Warm start',
  '1.3.6.1.6.3.1.1.5.3': 'Link down',
  '1.3.6.1.6.3.1.1.5.5': 'Authentication failure',
  '1.3.6.1.2.1.15.0.2': 'BGP peer lost',
  '1.3.6.1.2.1.15.7.2': 'BGP peer lost',
  '1.3.6.1.2.1.131.0.2': 'Part out of operation',
  '1.3.6.1.2.1.33.2.3': 'Power supply alarm',
};
const TEXT_LIMIT = 200;

/** A state that begins with one trap and ends with another, for the instance that both name. */
interface Pair {
  readonly begins: string;
  readonly ends: string;
  /** The object that names it: its value, or the rest of its identifier. */
  readonly object: string;
  readonly by: 'value' | 'index';
}

const PAIRS: readonly Pair[] = [
  // linkDown and linkUp (RFC 2863), by ifIndex.
  { begins: '1.3.6.1.6.3.1.1.5.3', ends: '1.3.6.1.6.3.1.1.5.4', object: '1.3.6.1.2.1.2.2.1.1.', by: 'value' },
  // bgpBackwardTransNotification and bgpEstablishedNotification (RFC 4273), by the peer in the index of bgpPeerState.
  { begins: '1.3.6.1.2.1.15.0.2', ends: '1.3.6.1.2.1.15.0.1', object: '1.3.6.1.2.1.15.3.1.2.', by: 'index' },
  // The same as RFC 1657 had them: bgpBackwardTransition and bgpEstablished.
  { begins: '1.3.6.1.2.1.15.7.2', ends: '1.3.6.1.2.1.15.7.1', object: '1.3.6.1.2.1.15.3.1.2.', by: 'index' },
  // entStateOperDisabled and entStateOperEnabled (RFC 4268), by entPhysicalIndex in the index of entStateAdmin.
  { begins: '1.3.6.1.2.1.131.0.2', ends: '1.3.6.1.2.1.131.0.1', object: '1.3.6.1.2.1.131.1.1.1.2.', by: 'index' },
  // upsTrapAlarmEntryAdded and upsTrapAlarmEntryRemoved (RFC 1628), by upsAlarmId.
  { begins: '1.3.6.1.2.1.33.2.3', ends: '1.3.6.1.2.1.33.2.4', object: '1.3.6.1.2.1.33.1.6.2.1.1.', by: 'value' },
];

/** Alarms of states: they end with the other trap of their pair. All other alarms of traps are of events, and fade. */
export const LASTING_SOURCES: readonly string[] = PAIRS.map(({ begins }) => `trap:${begins}`);

export interface TrapPdu {
  readonly community?: string;
  readonly user?: string;
  readonly varbinds: readonly { readonly oid: string; readonly value?: unknown }[];
}

/** A trap or inform as it was received. */
export interface Notification {
  readonly pdu: TrapPdu;
  readonly rinfo: { readonly address: string };
}

/** The alarm of a trap: one for each kind of trap, and of a state one for each instance. */
export function alarmOf(pdu: TrapPdu): { source: string; severity: AlarmSeverity; message: string } {
  const trap = trapOf(pdu);
  const said = pdu.varbinds.slice(2, 8).map(({ value }) => wordOf(value));
  const message = [NAMES[trap] ?? `Trap ${trap}`, ...said].join(' ').replace(/\p{C}/gu, '').slice(0, TEXT_LIMIT);
  const pair = PAIRS.find(({ begins }) => begins === trap);
  return { source: pair ? sourceOf(pair, pdu) : `trap:${trap.slice(0, TEXT_LIMIT)}`, severity: 'warning', message };
}

/** The source of the alarm that a trap ends, if it is such a one. */
export function clearedBy(pdu: TrapPdu): string | undefined {
  const trap = trapOf(pdu);
  const pair = PAIRS.find(({ ends }) => ends === trap);
  return pair && sourceOf(pair, pdu);
}

function trapOf({ varbinds }: TrapPdu): string {
  return wordOf(varbinds.find(({ oid }) => oid === TRAP_OID)?.value);
}

function sourceOf({ begins, object, by }: Pair, { varbinds }: TrapPdu): string {
  const found = varbinds.find(({ oid }) => oid.startsWith(object));
  const instance = found && (by === 'value' ? wordOf(found.value) : found.oid.slice(object.length));
  return `trap:${begins}${instance === undefined ? '' : `/${instance.slice(0, TEXT_LIMIT)}`}`;
}

function wordOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value).slice(0, TEXT_LIMIT);
  return Buffer.isBuffer(value) ? value.toString('utf8', 0, TEXT_LIMIT) : '';
}
