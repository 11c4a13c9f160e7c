import type { AlarmSeverity } from './alarm.view.js';

/** snmpTrapOID.0 (RFC 3418), and the traps of RFC 1907 and RFC 2863 that have a meaning of their own. */
export const TRAP_OID = '1.3.6.1.6.3.1.1.4.1.0';
const LINK_DOWN = '1.3.6.1.6.3.1.1.5.3';
const LINK_UP = '1.3.6.1.6.3.1.1.5.4';
const IF_INDEX = '1.3.6.1.2.1.2.2.1.1.';
const NAMES: Readonly<Record<string, string>> = {
  '1.3.6.1.6.3.1.1.5.1': 'Cold start',
  '1.3.6.1.6.3.1.1.5.2': 'Warm start',
  [LINK_DOWN]: 'Link down',
  '1.3.6.1.6.3.1.1.5.5': 'Authentication failure',
};
const TEXT_LIMIT = 200;

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

/** The alarm of a trap: one for each kind of trap, and for a link one for each interface. */
export function alarmOf(pdu: TrapPdu): { source: string; severity: AlarmSeverity; message: string } {
  const trap = trapOf(pdu);
  const said = pdu.varbinds.slice(2, 8).map(({ value }) => wordOf(value));
  const message = [NAMES[trap] ?? `Trap ${trap}`, ...said].join(' ').replace(/\p{C}/gu, '').slice(0, TEXT_LIMIT);
  return { source: sourceOf(trap, pdu), severity: 'warning', message };
}

/** The source of the alarm that a trap ends, if it is such a one. */
export function clearedBy(pdu: TrapPdu): string | undefined {
  return trapOf(pdu) === LINK_UP ? sourceOf(LINK_DOWN, pdu) : undefined;
}

function trapOf({ varbinds }: TrapPdu): string {
  return wordOf(varbinds.find(({ oid }) => oid === TRAP_OID)?.value);
}

function sourceOf(trap: string, { varbinds }: TrapPdu): string {
  const index = varbinds.find(({ oid }) => oid.startsWith(IF_INDEX))?.value;
  return `trap:${trap.slice(0, TEXT_LIMIT)}${trap === LINK_DOWN && index !== undefined ? `/${wordOf(index)}` : ''}`;
}

function wordOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value).slice(0, TEXT_LIMIT);
  return Buffer.isBuffer(value) ? value.toString('utf8', 0, TEXT_LIMIT) : '';
}
