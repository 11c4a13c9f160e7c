import { createHash } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import snmp from 'net-snmp';
import type { OidMap } from './oid-map.js';

/** What agents of the simulated network answer below: the documentation's enterprise, not an assigned one. */
const BASE = '1.3.6.1.4.1.99999.1';

const { ObjectType } = snmp;
type Column = readonly [id: number, type: snmp.ObjectType];
const COLUMNS = {
  online: [1, ObjectType.Integer],
  gponStatus: [2, ObjectType.Integer],
  rxPowerDbm: [3, ObjectType.Integer],
  txPowerDbm: [4, ObjectType.Integer],
  oltRxPowerDbm: [5, ObjectType.Integer],
  distanceMetres: [6, ObjectType.Integer],
  temperatureCelsius: [7, ObjectType.Integer],
  voltageVolts: [8, ObjectType.Integer],
  uptimeSeconds: [9, ObjectType.TimeTicks],
  softwareVersion: [10, ObjectType.OctetString],
  lastDownCause: [11, ObjectType.Integer],
  wifiStatus: [12, ObjectType.Integer],
  wifiClients: [13, ObjectType.Integer],
  serialNumber: [14, ObjectType.OctetString],
  inOctets: [15, ObjectType.Counter64],
  populatedPorts: [16, ObjectType.OctetString],
} as const satisfies Record<string, Column>;
type ColumnName = keyof typeof COLUMNS;
const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];
const oidOf = (name: ColumnName): string => `${BASE}.${COLUMNS[name][0]}.0`;
const NO_POWER = 32_767;

/** How simulated devices are asked: the OID map of their model. */
export const SIMULATED_OIDS: OidMap = {
  online: { oid: oidOf('online'), values: { '1': 'online', '2': 'offline' } },
  gponStatus: { oid: oidOf('gponStatus'), values: { '1': 'operational', '2': 'los', '3': 'dying_gasp' } },
  rxPowerDbm: { oid: oidOf('rxPowerDbm'), scale: 0.01, invalid: [NO_POWER] },
  txPowerDbm: { oid: oidOf('txPowerDbm'), scale: 0.01, invalid: [NO_POWER] },
  oltRxPowerDbm: { oid: oidOf('oltRxPowerDbm'), scale: 0.01, invalid: [NO_POWER] },
  distanceMetres: { oid: oidOf('distanceMetres') },
  temperatureCelsius: { oid: oidOf('temperatureCelsius'), scale: 0.1 },
  voltageVolts: { oid: oidOf('voltageVolts'), scale: 0.01 },
  uptimeSeconds: { oid: oidOf('uptimeSeconds'), scale: 0.01 },
  softwareVersion: { oid: oidOf('softwareVersion') },
  lastDownCause: { oid: oidOf('lastDownCause'), values: { '0': 'none', '1': 'power', '2': 'fibre' } },
  wifiStatus: { oid: oidOf('wifiStatus'), values: { '1': 'on', '2': 'off' } },
  wifiClients: { oid: oidOf('wifiClients') },
  serialNumber: { oid: oidOf('serialNumber') },
  inOctets: { oid: oidOf('inOctets') },
  populatedPorts: { oid: oidOf('populatedPorts') },
};

/** What a simulated device can do wrong. */
export const AGENT_FAULTS = ['silence', 'flapping', 'slow', 'bad_optical', 'offline', 'garbage'] as const;
export type AgentFault = (typeof AGENT_FAULTS)[number];

/** Milliseconds that a slow device takes; below the time limit of one question. */
const SLOW_MS = 700;
/** A flapping device answers for so long, then is silent for so long. */
const FLAP_SECONDS = 30;

export interface SimulatedFigures {
  readonly serial: string;
  readonly fault: AgentFault | undefined;
  /** Seconds of the day's clock; what changes with time follows it. */
  readonly seconds: number;
}

/** What a simulated device answers: the same for the same serial number at the same second, in every process. */
export function simulatedValues({
  serial,
  fault,
  seconds,
}: SimulatedFigures): Record<ColumnName, number | string | Buffer> {
  const digest = createHash('sha256').update(serial).digest();
  const part = (at: number, span: number): number => digest.readUInt16BE(at) % span;
  const offline = fault === 'offline';
  const distance = 200 + part(0, 18_000);
  // 0.35 dB for each kilometre of fibre, splitters, and a little breathing.
  const loss = Math.round(1_550 + distance * 0.035 + part(2, 200) + 8 * Math.sin(seconds / 600));
  const rx = offline ? NO_POWER : fault === 'bad_optical' ? -2_930 - part(2, 50) : 250 - loss - 300;
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64BE(
    BigInt(5_000_000_000 + part(4, 60_000)) + BigInt(Math.floor(seconds)) * BigInt(1_000 + part(6, 9_000)),
  );
  return {
    online: offline ? 2 : 1,
    gponStatus: offline ? 2 : 1,
    rxPowerDbm: rx,
    txPowerDbm: offline ? NO_POWER : 180 + part(8, 120),
    oltRxPowerDbm: offline ? NO_POWER : rx - 60,
    distanceMetres: distance,
    temperatureCelsius: 380 + part(10, 150),
    voltageVolts: 325 + part(12, 10),
    uptimeSeconds: (Math.floor(seconds) % 8_640_000) * 100,
    softwareVersion: `SIM-${1 + part(14, 3)}.${part(16, 10)}`,
    lastDownCause: offline ? 2 : part(18, 2),
    wifiStatus: 1,
    wifiClients: part(20, 12),
    serialNumber: serial,
    inOctets: octets,
    populatedPorts: `${1 + part(22, 4)} of 4`,
  };
}

export interface SimulatedAgentOptions {
  readonly community: string;
  /** Read at every question, so that a fault that is set or lifted shows at once. */
  readonly figures: () => SimulatedFigures;
}

interface Handlers {
  on(event: string, handler: (...args: never[]) => void): unknown;
}

/** An SNMP v2c agent on loopback UDP: real packets, and faults by name. */
export class SimulatedAgent {
  private constructor(
    private readonly socket: Socket,
    readonly port: number,
  ) {}

  static async start(options: SimulatedAgentOptions): Promise<SimulatedAgent> {
    const socket = createSocket('udp4');
    socket.unref();
    const agent = snmp.createAgent(
      { port: 161, address: '127.0.0.1', dgramModule: { createSocket: () => faulty(socket, options) } },
      () => undefined,
    ) as { getMib(): Mib; getAuthorizer(): { addCommunity(name: string): void }; registerProvider(p: object): void };
    agent.getAuthorizer().addCommunity(options.community);
    for (const name of COLUMN_NAMES) agent.registerProvider(scalar(name));
    agents.set(socket, agent.getMib());
    await once(socket, 'listening');
    return new SimulatedAgent(socket, socket.address().port);
  }

  close(): void {
    agents.delete(this.socket);
    this.socket.close();
  }
}

interface Mib {
  setScalarValue(name: string, value: unknown): void;
}
const agents = new WeakMap<Socket, Mib>();

function scalar(name: ColumnName): object {
  const [id, scalarType] = COLUMNS[name];
  return {
    name,
    type: snmp.MibProviderType.Scalar,
    oid: `${BASE}.${id}`,
    scalarType,
    maxAccess: snmp.MaxAccess['read-only'],
  };
}

/** A socket that takes a free port of loopback, and in front of whose agent the faults stand. */
function faulty(socket: Socket, { figures }: SimulatedAgentOptions): object {
  const bound = { on: socket.on.bind(socket) as Handlers['on'], send: socket.send.bind(socket) };
  return {
    send: bound.send,
    close: () => undefined,
    bind: () => socket.bind(0, '127.0.0.1'),
    on: (event: string, handler: (...args: unknown[]) => void) => {
      if (event !== 'message') return bound.on(event, handler);
      return bound.on('message', (packet: Buffer, from: { port: number; address: string }) => {
        const now = figures();
        refresh(socket, now);
        misbehave(now, {
          answer: () => handler(packet, from),
          garble: () => socket.send(createHash('sha512').update(packet).digest(), from.port, from.address),
        });
      });
    },
  };
}

function refresh(socket: Socket, figures: SimulatedFigures): void {
  const mib = agents.get(socket);
  for (const [name, value] of Object.entries(simulatedValues(figures))) mib?.setScalarValue(name, value);
}

function misbehave({ fault, seconds }: SimulatedFigures, reply: { answer: () => void; garble: () => void }): void {
  if (fault === 'silence' || (fault === 'flapping' && Math.floor(seconds / FLAP_SECONDS) % 2 === 1)) return;
  if (fault === 'garbage') return reply.garble();
  if (fault === 'slow') setTimeout(reply.answer, SLOW_MS).unref();
  else reply.answer();
}
