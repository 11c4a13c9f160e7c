import { isIP, isIPv4 } from 'node:net';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, DomainError } from '@isp/kernel';
import { DatabaseClock } from '@isp/platform/database';
import { type Attribute, ERROR_CAUSE, RADIUS_CODE, RadiusClientPool, type RadiusPacket } from '@isp/platform/radius';
import { describeErrorCause, eventTimestamp, numberValueOf } from '@isp/platform/radius';
import { networkErrors } from '../network.errors.js';
import type { DeviceRef, SessionAnswer, SessionChange, SessionDriver, SessionRef } from './device-driver.port.js';

const DEFAULT_PORT = 3799;
const U32 = 0xffffffff;
/** What a NAS puts a session's address on when its settings name no lists of their own. */
const ADDRESS_LISTS = { walled_garden: 'walled-garden', open: 'open' } as const;

/**
 * RFC 5176 over UDP. Of `devices.settings`: `coa_port` (3799), `coa_vendors` (`mikrotik` and `wispr`: whose attributes
 * carry a rate), `address_lists.walled_garden` and `address_lists.open`, and `coa_require_message_authenticator` (false): an
 * answer that is not signed counts as none. The secret is `secrets.radius`.
 */
@Injectable()
export class RadiusCoa implements SessionDriver, OnApplicationShutdown {
  readonly name = 'radius-coa';
  private readonly clients = new RadiusClientPool();

  /** The time that it is, also where a sandbox is ahead of it: a NAS has a clock of its own, and drops what is old. */
  constructor(@Inject(DatabaseClock) private readonly clock: Clock) {}

  async onApplicationShutdown(): Promise<void> {
    await this.clients.close();
  }

  async disconnect(device: DeviceRef, session: SessionRef, signal: AbortSignal): Promise<SessionAnswer> {
    const { DisconnectRequest, DisconnectAck, DisconnectNak } = RADIUS_CODE;
    const answers = [DisconnectAck, DisconnectNak];
    return this.order(device, session, { code: DisconnectRequest, answers, attributes: [], signal });
  }

  /** A session that is to be closed is ended: no NAS keeps one that may do nothing. */
  async change(
    device: DeviceRef,
    session: SessionRef,
    change: SessionChange,
    signal: AbortSignal,
  ): Promise<SessionAnswer> {
    if (change.access === 'closed') return this.disconnect(device, session, signal);
    const { CoaRequest, CoaAck, CoaNak } = RADIUS_CODE;
    const attributes = changeAttributes(device, change);
    return this.order(device, session, { code: CoaRequest, answers: [CoaAck, CoaNak], attributes, signal });
  }

  private async order(
    device: DeviceRef,
    session: SessionRef,
    { attributes, ...order }: { code: number; answers: number[]; attributes: Attribute[]; signal: AbortSignal },
  ): Promise<SessionAnswer> {
    const secret = device.secrets?.['radius'];
    if (!secret) throw networkErrors('network.device.no_secret');
    const peer = { host: device.nasAddress ?? session.nasAddress, port: portOf(device) };
    const all = [...identification(session), eventTimestamp(this.clock.now()), ...attributes];
    const requireMessageAuthenticator = device.settings['coa_require_message_authenticator'] === true;
    try {
      const request = { ...order, secret, attributes: all, requireMessageAuthenticator };
      return answerOf(await this.clients.request(peer, request));
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'radius.peer.silent') throw error;
      throw networkErrors('network.device.silent', {}, { cause: error });
    }
  }
}

function answerOf(reply: RadiusPacket): SessionAnswer {
  if (reply.code === RADIUS_CODE.DisconnectAck || reply.code === RADIUS_CODE.CoaAck) return 'acknowledged';
  const cause = numberValueOf(reply, 'Error-Cause');
  if (cause === ERROR_CAUSE.SessionContextNotFound) return 'no_such_session';
  const reason = cause === undefined ? '' : `: Error-Cause ${describeErrorCause(cause)}`;
  throw networkErrors('network.device.refused', { reason });
}

/** All that is known of the session, so that a NAS which reuses session ids hits the right one or none. */
function identification({ username, sessionId, framedAddress, nasAddress, nasIdentifier }: SessionRef): Attribute[] {
  return [
    ['Acct-Session-Id', sessionId],
    ['User-Name', username],
    ...(framedAddress !== null ? [['Framed-IP-Address', framedAddress] as const] : []),
    ...(isIP(nasAddress) ? [[isIPv4(nasAddress) ? 'NAS-IP-Address' : 'NAS-IPv6-Address', nasAddress] as const] : []),
    ...(nasIdentifier !== null ? [['NAS-Identifier', nasIdentifier] as const] : []),
  ];
}

/** Seen from the router: received from the subscriber first, so Mikrotik-Rate-Limit is upload/download. */
function changeAttributes(device: DeviceRef, { uploadKbps, downloadKbps, access }: SessionChange): Attribute[] {
  const vendors = device.settings['coa_vendors'];
  const speaks = (vendor: string): boolean => !Array.isArray(vendors) || vendors.includes(vendor);
  const attributes: Attribute[] = [];
  if (speaks('mikrotik')) attributes.push(['Mikrotik-Rate-Limit', `${uploadKbps}k/${downloadKbps}k`]);
  if (speaks('wispr')) {
    attributes.push(['WISPr-Bandwidth-Max-Up', Math.min(U32, uploadKbps * 1000)]);
    attributes.push(['WISPr-Bandwidth-Max-Down', Math.min(U32, downloadKbps * 1000)]);
  }
  if (speaks('mikrotik') && access !== 'closed') {
    attributes.push(['Mikrotik-Address-List', listOf(device, access)]);
  }
  return attributes;
}

function listOf({ settings }: DeviceRef, access: keyof typeof ADDRESS_LISTS): string {
  const lists = settings['address_lists'];
  const named = typeof lists === 'object' && lists !== null ? (lists as Record<string, unknown>)[access] : undefined;
  return typeof named === 'string' && named !== '' ? named : ADDRESS_LISTS[access];
}

function portOf({ settings }: DeviceRef): number {
  const port = Number(settings['coa_port'] ?? DEFAULT_PORT);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : DEFAULT_PORT;
}
