import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { CONFIG, type Config } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { Log } from '@isp/platform/logging';
import snmp from 'net-snmp';
import { DeviceSecrets } from '../devices/device-secrets.js';
import { type AlarmCall, AlarmRepository } from './alarm.repository.js';
import { type Notification, TRAP_OID, alarmOf, clearedBy } from './trap.policy.js';

const ACTOR = systemActor('network');
/** What devices exist, and what they may say, is looked up anew so often. */
const REFRESH_MS = 60_000;
/** Traps are kept together, at the latest after so long; a storm of others is dropped. */
const FLUSH_MS = 500;
const MAX_PENDING = 2_000;

const SENDERS = statement(
  'trap-senders',
  `SELECT id, guid, host(management_address) AS address, settings, secrets_sealed AS "secretsSealed" FROM devices
    WHERE status = 'active' AND management_address IS NOT NULL AND secrets_sealed IS NOT NULL`,
);

interface SenderRow {
  readonly id: number;
  readonly guid: string;
  readonly address: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secretsSealed: string;
}

interface Sender {
  readonly deviceId: number;
  readonly community: string | undefined;
  readonly user: snmp.User | undefined;
}

interface Receiver {
  getAuthorizer(): { addCommunity(name: string): void; addUser(user: snmp.User): void };
  close(): void;
}

/**
 * Receives SNMP traps and informs (v2c, and v3 with authentication and privacy) on `ISP_SNMP_TRAP_PORT` and makes alarms
 * of them. A device is known by its management address, and believed when it names its own community or user.
 */
@Injectable()
export class TrapReceiver implements OnApplicationBootstrap, OnApplicationShutdown {
  private senders = new Map<string, Sender>();
  private readonly pending = new Map<string, AlarmCall>();
  private readonly cleared = new Map<string, { deviceId: number; source: string }>();
  private receiver: Receiver | undefined;
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly uow: UnitOfWork,
    private readonly alarms: AlarmRepository,
    private readonly secrets: DeviceSecrets,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const port = this.config.ISP_SNMP_TRAP_PORT;
    if (port === 0) return;
    const onMessage = (error: Error | null, message?: Notification): void => {
      if (!error && message) this.take(message);
    };
    this.receiver = snmp.createReceiver(
      { port, transport: 'udp4', includeAuthentication: true },
      onMessage,
    ) as Receiver;
    await this.refresh();
    this.timers = [
      setInterval(() => this.quietly(this.refresh()), REFRESH_MS).unref(),
      setInterval(() => this.quietly(this.flush()), FLUSH_MS).unref(),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.receiver?.close();
    await this.flush().catch(() => undefined);
  }

  /** Learns whom to believe. */
  async refresh(): Promise<void> {
    const rows = await this.uow.run(ACTOR, (tx) => tx.query<SenderRow>(SENDERS));
    const senders = new Map(rows.map((row) => [row.address, this.senderOf(row)]));
    const authorizer = this.receiver?.getAuthorizer();
    for (const { community, user } of senders.values()) {
      if (community) authorizer?.addCommunity(community);
      if (user) authorizer?.addUser(user);
    }
    this.senders = senders;
  }

  private senderOf({ id, guid, settings, secretsSealed }: SenderRow): Sender {
    const secrets = this.secrets.open(guid, secretsSealed);
    const { user } = (settings['snmp'] ?? {}) as { user?: string };
    const { snmp_auth_key: authKey, snmp_priv_key: privKey, snmp_community: community } = secrets;
    if (!user || !authKey || !privKey) return { deviceId: id, community, user: undefined };
    const protocols = { authProtocol: snmp.AuthProtocols.sha256, privProtocol: snmp.PrivProtocols.aes };
    const level = snmp.SecurityLevel.authPriv;
    return { deviceId: id, community, user: { name: user, level, ...protocols, authKey, privKey } };
  }

  private take({ pdu, rinfo }: Notification): void {
    const sender = this.senders.get(rinfo.address);
    // An unknown name gets here too: the library lets version 3 without a user pass.
    const believed = pdu.community
      ? pdu.community === sender?.community
      : !!pdu.user && pdu.user === sender?.user?.name;
    if (!sender || !believed || !pdu.varbinds.some(({ oid }) => oid === TRAP_OID)) return;
    const { deviceId } = sender;
    const clears = clearedBy(pdu);
    if (clears) {
      const key = `${deviceId} ${clears}`;
      this.pending.delete(key);
      this.cleared.set(key, { deviceId, source: clears });
    } else {
      const call = { deviceId, metric: null, value: null, ...alarmOf(pdu) };
      const key = `${deviceId} ${call.source}`;
      if (this.pending.size < MAX_PENDING || this.pending.has(key)) this.pending.set(key, call);
    }
  }

  private async flush(): Promise<void> {
    if (this.pending.size + this.cleared.size === 0) return;
    const raised = [...this.pending.values()];
    const cleared = [...this.cleared.values()];
    this.pending.clear();
    this.cleared.clear();
    await this.uow.run(ACTOR, async () => {
      await this.alarms.clear(cleared);
      await this.alarms.raise(raised);
    });
  }

  private quietly(work: Promise<void>): void {
    work.catch((error: unknown) => this.log.warn(`traps: ${String(error)}`));
  }
}
