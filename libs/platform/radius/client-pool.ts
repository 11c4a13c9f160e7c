import { RadiusClient, type RadiusClientOptions, type RadiusPeer, type RadiusRequest } from './client.js';
import type { RadiusPacket } from './packet.js';

interface Entry {
  readonly client: Promise<RadiusClient>;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

const IDLE_MS = 10_000;

/** One client a peer, opened when needed and closed when nobody asked for ten seconds. */
export class RadiusClientPool {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly options: RadiusClientOptions = {}) {}

  /** @throws as `RadiusClient.request` */
  async request(peer: RadiusPeer, request: RadiusRequest): Promise<RadiusPacket> {
    const key = `${peer.host} ${peer.port} ${peer.localAddress ?? ''}`;
    const entry = this.entries.get(key) ?? this.open(key, peer);
    entry.users += 1;
    clearTimeout(entry.idle);
    try {
      return await (await entry.client).request(request);
    } catch (error) {
      if (await entry.client.then(() => false).catch(() => true)) this.entries.delete(key);
      throw error;
    } finally {
      entry.users -= 1;
      if (entry.users === 0 && this.entries.get(key) === entry) this.closeLater(key, entry);
    }
  }

  async close(): Promise<void> {
    const entries = [...this.entries.values()];
    this.entries.clear();
    for (const { idle, client } of entries) {
      clearTimeout(idle);
      await client.then((open) => open.close()).catch(() => undefined);
    }
  }

  private open(key: string, peer: RadiusPeer): Entry {
    const entry: Entry = { client: RadiusClient.open(peer, this.options), users: 0, idle: undefined };
    this.entries.set(key, entry);
    return entry;
  }

  private closeLater(key: string, entry: Entry): void {
    entry.idle = setTimeout(() => {
      this.entries.delete(key);
      void entry.client.then((client) => client.close()).catch(() => undefined);
    }, IDLE_MS);
    entry.idle.unref();
  }
}
