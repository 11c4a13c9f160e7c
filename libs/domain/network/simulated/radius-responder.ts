import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@isp/kernel';
import {
  type Attribute,
  type AttributeName,
  RADIUS_CODE,
  RadiusListener,
  type RadiusPacket,
} from '@isp/platform/radius';
import { type RadiusReply, type Secret, checkChap, definitionOf, revealPassword, textOf } from '@isp/platform/radius';
import { valueFromText, valueOf } from '@isp/platform/radius';
import type { RadiusBackend, RadiusItem, ReceivedPacket } from './radius-backend.port.js';

export interface RadiusResponderOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly authenticationPort: number;
  readonly accountingPort: number;
  readonly backend: RadiusBackend;
  readonly clock: Clock;
  /** Told when the backend failed and the NAS got no answer. */
  onError?(error: unknown): void;
}

type Client = { readonly address: string; readonly secret: Secret };

/**
 * A small RADIUS server for sandboxes on machines without FreeRADIUS: PAP, CHAP, accounting and post-auth over the same
 * functions and tables, no EAP and no MS-CHAP. It is silent when the backend fails, as a rejection would send every
 * subscriber away whose lease ends while the database restarts. Not for production.
 */
export class RadiusResponder {
  private constructor(
    private readonly options: RadiusResponderOptions,
    private readonly listeners: RadiusListener[],
  ) {}

  static async start(options: RadiusResponderOptions): Promise<RadiusResponder> {
    const responder = new RadiusResponder(options, []);
    const { host, backend } = options;
    const secretFor = (address: string) => backend.clientSecret(address);
    try {
      for (const [port, role] of [
        [options.authenticationPort, 'authenticate'],
        [options.accountingPort, 'account'],
      ] as const) {
        const handle = (packet: RadiusPacket, client: Client) => responder.answer(role, packet, client);
        const requireMessageAuthenticator = role === 'authenticate';
        responder.listeners.push(
          await RadiusListener.open({ host, port, secretFor, handle, requireMessageAuthenticator }),
        );
      }
    } catch (error) {
      await responder.stop();
      throw error;
    }
    return responder;
  }

  get authenticationPort(): number {
    return this.listeners[0]?.port ?? 0;
  }

  get accountingPort(): number {
    return this.listeners[1]?.port ?? 0;
  }

  async stop(): Promise<void> {
    for (const listener of this.listeners) await listener.close();
  }

  private async answer(role: 'authenticate' | 'account', packet: RadiusPacket, client: Client) {
    try {
      return await this[role](packet, client);
    } catch (error) {
      this.options.onError?.(error);
      return undefined;
    }
  }

  private async authenticate(packet: RadiusPacket, client: Client): Promise<RadiusReply | undefined> {
    if (packet.code === RADIUS_CODE.StatusServer) return { code: RADIUS_CODE.AccessAccept };
    if (packet.code !== RADIUS_CODE.AccessRequest) return undefined;
    const { backend } = this.options;
    const username = textOf(packet, 'User-Name') ?? '';
    const refused = await this.refusal(username, packet, client);
    const attributes = refused === undefined ? replyAttributes(await backend.reply(username)) : refused.tell;
    const reply = refused === undefined ? 'Access-Accept' : 'Access-Reject';
    await backend.postAuth({ username, reply, reason: refused?.reason ?? '' }, this.received(packet, client));
    return { code: refused === undefined ? RADIUS_CODE.AccessAccept : RADIUS_CODE.AccessReject, attributes };
  }

  /** Why somebody may not come in, and what the Access-Reject tells of it: never the plan's attributes. */
  private async refusal(username: string, packet: RadiusPacket, { secret }: Client): Promise<Refusal | undefined> {
    const { backend } = this.options;
    const checks = username === '' ? [] : await backend.check(username);
    const valueFor = (name: string) => checks.find(({ attribute }) => attribute === name)?.value;
    if (valueFor('Auth-Type') === 'Reject') return { reason: 'the service is closed', tell: [] };
    const password = valueFor('Cleartext-Password');
    if (password === undefined) return { reason: 'unknown user', tell: [] };
    if (!knowsPassword(packet, password, secret)) return { reason: 'wrong password', tell: [] };
    const limit = Number(valueFor('Simultaneous-Use') ?? Infinity);
    const station = textOf(packet, 'Calling-Station-Id') ?? '';
    if (Number.isFinite(limit) && (await backend.liveSessions(username, station)) >= limit) {
      return { reason: 'already logged in', tell: [['Reply-Message', 'You are already logged in - access denied']] };
    }
    return undefined;
  }

  private async account(packet: RadiusPacket, client: Client): Promise<RadiusReply | undefined> {
    if (packet.code !== RADIUS_CODE.AccountingRequest) return undefined;
    await this.options.backend.accounting(this.received(packet, client));
    return { code: RADIUS_CODE.AccountingResponse, messageAuthenticator: false };
  }

  private received(packet: RadiusPacket, { address }: Client): ReceivedPacket {
    return { packet, from: address, at: this.options.clock.now() };
  }
}

interface Refusal {
  readonly reason: string;
  readonly tell: readonly Attribute[];
}

function knowsPassword(packet: RadiusPacket, password: string, secret: Secret): boolean {
  const answer = valueOf(packet, 'CHAP-Password');
  if (Buffer.isBuffer(answer)) {
    const challenge = valueOf(packet, 'CHAP-Challenge');
    return checkChap(answer, password, Buffer.isBuffer(challenge) ? challenge : packet.authenticator);
  }
  const hidden = valueOf(packet, 'User-Password');
  const given = Buffer.isBuffer(hidden) ? revealPassword(hidden, secret, packet.authenticator) : undefined;
  return given !== undefined && timingSafeEqual(sha256(given), sha256(password));
}

/** Digests have one length, so comparing them tells nothing of the password's. */
const sha256 = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();

/** What the dictionary does not know is left out: a sandbox's plans hold nothing else. */
function replyAttributes(items: readonly RadiusItem[]): Attribute[] {
  return items.flatMap(({ attribute, value }): Attribute[] => {
    const definition = definitionOf(attribute);
    return definition ? [[attribute as AttributeName, valueFromText(definition, value)]] : [];
  });
}
