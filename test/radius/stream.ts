/** A deterministic stream of what NASes tell about sessions, and what really passed. */

const GIB4 = 4_294_967_296n;
/** What passes between two updates, at most: octets of all, and of IPv6. */
const MOST = [600_000_000n, 1_000_000n] as const;

export interface Packet {
  readonly status: 'Start' | 'Interim-Update' | 'Stop';
  readonly session: string;
  readonly service: number;
  /** Seconds since 1970, of the event. */
  readonly at: number;
  readonly seconds: number;
  /** Input, output, IPv6 input, IPv6 output, as the NAS shows them. */
  readonly counters: readonly bigint[];
  /** Whether the NAS has counters of 64 bits and says so. */
  readonly wide: boolean;
}

/** xorshift32: the same numbers every time. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

export interface StreamOptions {
  readonly services: readonly number[];
  readonly packets: number;
  /** The last event is before this, in seconds since 1970. */
  readonly until: number;
  readonly seed: number;
}

/**
 * At least so many packets: sessions with updates every five minutes, whose counters wrap (32 bits), are set to zero
 * (64 bits), and whose NAS starts anew and gives the same id to the next session; then duplicates, and packets that
 * arrive a place late. `truth` is what passed, by service.
 */
export function makeStream({ services, packets: wanted, until, seed }: StreamOptions) {
  const next = random(seed);
  const truth = new Map<number, bigint[]>();
  const lines: Packet[][] = [];
  let count = 0;
  for (let serial = 0; count < wanted; serial += 1) {
    const service = services[serial % services.length] as number;
    const line = lifeOf(`d5-${serial}`, service, until, next, truth);
    const told = disturbed(line, next);
    lines.push(told);
    count += told.length;
  }
  // Sessions of one service follow each other; those of different services run side by side.
  return { arrivals: interleaved(lines), truth };
}

function lifeOf(
  session: string,
  service: number,
  until: number,
  next: () => number,
  truth: Map<number, bigint[]>,
): Packet[] {
  const wide = next() < 0.5;
  const updates = 5 + Math.floor(next() * 20);
  const lives = next() < 0.15 ? 2 : 1;
  const line: Packet[] = [];
  let at = until - Math.floor(next() * 86_400) - lives * (updates + 3) * 300;
  for (let life = 0; life < lives; life += 1) {
    const shown = [0n, 0n, 0n, 0n];
    const base = { session, service, wide };
    const start = at;
    line.push({ ...base, status: 'Start', at, seconds: 0, counters: [...shown] });
    for (let update = 1; update <= updates; update += 1) {
      at += 300;
      // A new start shows only when what passes after it stays below what was there before.
      const high = shown.every((value, index) => value > MOST[index < 2 ? 0 : 1]);
      if (wide && next() < 0.05 && high) shown.fill(0n);
      for (const index of shown.keys()) {
        const passed = BigInt(Math.floor(next() * Number(MOST[index < 2 ? 0 : 1])));
        add(truth, service, index, passed);
        const raised = (shown[index] as bigint) + passed;
        shown[index] = wide ? raised : raised % GIB4;
      }
      const last = life === lives - 1 && update === updates;
      line.push({
        ...base,
        status: last ? 'Stop' : 'Interim-Update',
        at,
        seconds: at - start,
        counters: [...shown],
      });
    }
    at += 300 + Math.floor(next() * 300);
  }
  return line;
}

function add(truth: Map<number, bigint[]>, service: number, index: number, passed: bigint): void {
  const sums = truth.get(service) ?? [0n, 0n, 0n, 0n];
  sums[index] = (sums[index] as bigint) + passed;
  truth.set(service, sums);
}

/** Duplicates now or later, and neighbours that change places. */
function disturbed(line: readonly Packet[], next: () => number): Packet[] {
  const told: Packet[] = [];
  for (let index = 0; index < line.length; index += 1) {
    const [before, packet, after] = [line[index - 1], line[index] as Packet, line[index + 1]];
    if (before && after && next() < 0.08 && follows(before, packet) && follows(packet, after)) {
      told.push(after, packet);
      index += 1;
    } else {
      told.push(packet);
    }
    if (next() < 0.1) told.push(packet);
    if (before && next() < 0.05) told.push(before);
  }
  return told;
}

/** Updates without a new start in between: one that nobody was told of, because it was overtaken, is lost for everybody. */
function follows(one: Packet, other: Packet): boolean {
  const risen = other.counters.every((value, index) => value >= (one.counters[index] as bigint));
  return other.status === 'Interim-Update' && other.seconds > one.seconds && (risen || !one.wide);
}

function interleaved(lines: readonly Packet[][]): Packet[] {
  const all: Packet[] = [];
  const width = 50;
  for (let from = 0; from < lines.length; from += width) {
    const group = lines.slice(from, from + width).map((line) => [...line]);
    while (group.some((line) => line.length > 0)) {
      for (const line of group) {
        const packet = line.shift();
        if (packet) all.push(packet);
      }
    }
  }
  return all;
}

interface Known {
  start: number;
  at: number;
  seconds: number;
  shown: bigint[];
  stopped: boolean;
}

/** The rules of ADR 13 over again, in another language: octets by service and UTC day, in order of arrival. */
export function model(arrivals: readonly Packet[]): Map<string, bigint[]> {
  const sessions = new Map<string, Known>();
  const days = new Map<string, bigint[]>();
  for (const packet of arrivals) {
    const known = sessions.get(packet.session);
    const begun = packet.at - packet.seconds;
    const fresh = () => {
      sessions.set(packet.session, {
        start: packet.status === 'Start' ? packet.at : begun,
        at: packet.at,
        seconds: packet.seconds,
        shown: [...packet.counters],
        stopped: packet.status === 'Stop',
      });
      spread(days, packet.service, begun, packet.at, packet.counters);
    };
    if (!known || (known.stopped && begun > known.at)) {
      fresh();
      continue;
    }
    if (known.stopped) continue;
    const forward =
      packet.at >= known.start &&
      packet.seconds >= known.seconds &&
      packet.counters.every((value, index) => value >= (known.shown[index] as bigint));
    if (packet.status === 'Start') {
      if (packet.at > known.at) fresh();
      continue;
    }
    if (!forward && packet.at <= known.at) {
      if (packet.status === 'Stop') known.stopped = true;
      continue;
    }
    if (!forward && packet.seconds < known.seconds) {
      fresh();
      continue;
    }
    const moved = packet.counters.map((value, index) => {
      const before = known.shown[index] as bigint;
      if (value >= before) return value - before;
      return packet.wide ? value : value + GIB4 - before;
    });
    spread(days, packet.service, known.at, Math.max(known.at, packet.at), moved);
    known.at = Math.max(known.at, packet.at);
    known.seconds = packet.seconds;
    known.shown = [...packet.counters];
    known.stopped = packet.status === 'Stop';
  }
  return days;
}

const DAY = 86_400;

function spread(
  days: Map<string, bigint[]>,
  service: number,
  from: number,
  to: number,
  octets: readonly bigint[],
): void {
  const last = Math.floor(to / DAY);
  let before = [0n, 0n, 0n, 0n];
  for (let day = Math.floor(from / DAY); day <= last; day += 1) {
    const passed = BigInt(day === last ? to - from : (day + 1) * DAY - from);
    const upto = octets.map((value) => (to === from ? value : (value * passed) / BigInt(to - from)));
    const key = `${service} ${day}`;
    const sums = days.get(key) ?? [0n, 0n, 0n, 0n];
    days.set(
      key,
      sums.map((sum, index) => sum + (upto[index] as bigint) - (before[index] as bigint)),
    );
    before = upto;
  }
}
