import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { RadiusVault } from '../radius/radius-vault.js';
import type { DialIn } from './simulated-nas.js';

const ACTOR = systemActor('sandbox');
/** A sandbox that somebody filled with a million customers does not dial them all in. */
const LINES_AT_MOST = 1_000;

const NASES = statement(
  'sandbox-nases',
  `SELECT id AS "deviceId", coalesce(nas_identifier, name) AS identifier, host(nas_address) AS address, nas_secret AS sealed,
          settings FROM devices
    WHERE driver = 'simulated' AND session_driver IS NOT NULL AND status = 'active' AND nas_secret IS NOT NULL
      AND nas_address << '127.0.0.0/8' ORDER BY id`,
);
// What hangs behind an OLT that is made to be dead has no line.
const LINES = statement(
  'sandbox-lines',
  `SELECT u.service_id AS "serviceId", u.username, u.password_radius AS sealed FROM subscribers u
    WHERE u.router_id = $1 AND u.password_radius IS NOT NULL AND u.address IS NOT NULL
      AND NOT EXISTS (SELECT FROM devices ont JOIN devices olt ON olt.id = ont.olt_id
        WHERE ont.service_id = u.service_id AND ont.status = 'active' AND olt.settings->>'agent_fault' IN ('silence', 'offline'))
    ORDER BY u.service_id LIMIT $2`,
);

/** A router of the sandbox that a simulated NAS is to stand for. */
export interface SandboxNas {
  readonly deviceId: number;
  readonly identifier: string;
  /** Of the loopback. */
  readonly address: string;
  readonly secret: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

interface LineRow {
  readonly serviceId: number;
  readonly username: string;
  readonly sealed: Buffer;
}

/** Which NASes and subscribers the simulated network plays: simulated routers at loopback addresses, and nothing else. */
@Injectable()
export class SandboxLines {
  private readonly opened = new Map<string, { readonly sealed: Buffer; readonly line: DialIn }>();

  constructor(
    private readonly uow: UnitOfWork,
    private readonly vault: RadiusVault,
  ) {}

  async nases(): Promise<SandboxNas[]> {
    const rows = await this.uow.read(ACTOR, (tx) =>
      tx.query<Omit<SandboxNas, 'secret'> & { readonly sealed: Buffer }>(NASES),
    );
    return rows.map(({ sealed, ...nas }) => ({ ...nas, secret: this.vault.open(sealed, { nas: nas.deviceId }) }));
  }

  /** Everybody with a line on the router, with the password of the equipment, closed and suspended ones included. */
  async of(deviceId: number): Promise<DialIn[]> {
    const rows = await this.uow.read(ACTOR, (tx) => tx.query<LineRow>(LINES, [deviceId, LINES_AT_MOST]));
    return rows.map((row) => this.opening(row));
  }

  /** A password is opened when it is new: lines are read every few seconds and hardly ever change. */
  private opening({ serviceId, username, sealed }: LineRow): DialIn {
    const known = this.opened.get(username);
    if (known?.sealed.equals(sealed)) return known.line;
    const password = this.vault.open(sealed, { subscriberOf: serviceId });
    const line: DialIn = { username, password, method: serviceId % 2 === 0 ? 'chap' : 'pap' };
    if (this.opened.size >= 2 * LINES_AT_MOST) this.opened.clear();
    this.opened.set(username, { sealed, line });
    return line;
  }
}
