import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ChangeDevice,
  RadiusResponder,
  RadiusVault,
  SandboxLines,
  type SandboxNas,
  SessionGenerator,
  SqlRadiusBackend,
} from '@isp/domain/network';
import { type Clock, monotonicMs } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { allowLogin } from '@isp/platform/database';
import { Log } from '@isp/platform/logging';
import { LOOPBACK, SEED, startNas } from './sandbox-nas.js';
import { SEEDER } from './seeder.js';

/** Milliseconds, and dials at once. */
const PACE = {
  everyMs: 2_000,
  redialMs: 2_000,
  patienceMs: 30_000,
  atOnce: 8,
  spreadMs: 60_000,
  tickMs: 5_000,
};
const CONNECTIONS = 2;

export interface SandboxNetworkOptions {
  /** As the role that owns the schema; another role logs in there for the RADIUS server. */
  readonly ownerUrl: string;
  /** Of the role `isp_radius`. */
  readonly password: string;
  readonly pace?: Partial<typeof PACE>;
}

/** The RADIUS server of the sandbox, and a NAS with subscribers for each of its routers. */
export class SandboxNetwork {
  private readonly parts: { stop(): Promise<void> }[] = [];
  private stopping = false;

  private readonly log: Log;
  private readonly pace: typeof PACE;

  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly options: SandboxNetworkOptions,
  ) {
    this.pace = { ...PACE, ...options.pace };
    this.log = app.get(Log);
  }

  /** Never rejects: where nothing can be simulated there are no sessions, and the log says why. */
  static async start(app: NestFastifyApplication, options: SandboxNetworkOptions): Promise<SandboxNetwork> {
    const network = new SandboxNetwork(app, options);
    try {
      await network.open();
    } catch (error) {
      network.log.warn(`no sessions in this sandbox: ${error instanceof Error ? error.message : String(error)}`);
      await network.stop();
    }
    return network;
  }

  /** NASes first: what they have not reported yet, their Accounting-On settles at the next start. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const part of this.parts.splice(0).reverse()) await part.stop();
  }

  private async open(): Promise<void> {
    const { ownerUrl, password } = this.options;
    await allowLogin(ownerUrl, 'isp_radius', password);
    const url = Object.assign(new URL(ownerUrl), { username: 'isp_radius', password }).href;
    const keys = this.app.get(RadiusVault, { strict: false }).serverKeys;
    const backend = new SqlRadiusBackend({ url, keys, maxConnections: CONNECTIONS });
    this.parts.push({ stop: () => backend.close() });
    const ports = { host: LOOPBACK, authenticationPort: 0, accountingPort: 0 };
    const responder = await RadiusResponder.start({ ...ports, backend, clock: this.clock });
    this.parts.push(responder);
    const lines = this.app.get(SandboxLines, { strict: false });
    const nases = await lines.nases();
    for (const nas of nases) await this.play(nas, responder, lines);
  }

  private async play(sandboxNas: SandboxNas, responder: RadiusResponder, lines: SandboxLines): Promise<void> {
    const { deviceId, identifier, address } = sandboxNas;
    const nas = await startNas(sandboxNas, { responder, clock: this.clock, tickMs: this.pace.tickMs }).catch(
      (error: Error) => {
        // Systems other than Linux answer at 127.0.0.1 only.
        this.log.warn(`no sessions on ${identifier}: ${error.message}`);
      },
    );
    if (!nas) return;
    this.parts.push(nas);
    if (sandboxNas.settings['coa_port'] !== nas.coaPort) await this.notePort(sandboxNas, nas.coaPort);
    const generator = new SessionGenerator({
      ...this.pace,
      nas,
      subscribers: () => (this.stopping ? Promise.resolve([]) : lines.of(deviceId)),
      seed: SEED,
      now: monotonicMs,
      onError: () => undefined,
    });
    generator.start();
    this.parts.push(generator);
    this.log.log(`${identifier} (${address}) is a simulated NAS; its orders go to UDP port ${nas.coaPort}`);
  }

  private async notePort({ deviceId, settings }: SandboxNas, coaPort: number): Promise<void> {
    const changes = { settings: { ...settings, coa_port: coaPort } };
    await this.app.get(ChangeDevice, { strict: false }).execute({ actor: SEEDER, id: deviceId, changes });
  }

  private get clock(): Clock {
    return this.app.get<Clock>(CLOCK, { strict: false });
  }
}
