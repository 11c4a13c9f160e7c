import { chanceOf } from './chance.js';

/** Octets since a session's start, IPv6 included in the first two. Input is what the subscriber sent. */
export interface Octets {
  readonly input: number;
  readonly output: number;
  readonly ipv6Input: number;
  readonly ipv6Output: number;
}

export const NO_OCTETS: Octets = { input: 0, output: 0, ipv6Input: 0, ipv6Output: 0 };

export interface Line {
  readonly seed: number;
  readonly username: string;
  readonly downloadKbps: number;
  readonly uploadKbps: number;
  readonly hasIPv6: boolean;
}

const MINUTE_MS = 60_000;
const MINUTES_AT_MOST = 2_880;
const MOST_OF_A_LINE = 0.6;
/** Something on a line always talks. */
const LEAST_BUSY = 0.01;

/**
 * What a subscriber moved between two instants (ms): by the minute, never above 60 % of the rate, more in the evening,
 * and always the same for the same seed. A jump of the clock counts as two days at most.
 */
export function movedBetween(line: Line, fromMs: number, toMs: number): Octets {
  let moved = NO_OCTETS;
  let at = Math.max(fromMs, toMs - MINUTES_AT_MOST * MINUTE_MS);
  while (at < toMs) {
    const end = Math.min(toMs, (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS);
    moved = added(moved, movedIn(line, Math.floor(at / MINUTE_MS), (end - at) / 1000));
    at = end;
  }
  return moved;
}

export function added(a: Octets, b: Octets): Octets {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    ipv6Input: a.ipv6Input + b.ipv6Input,
    ipv6Output: a.ipv6Output + b.ipv6Output,
  };
}

function movedIn({ seed, username, downloadKbps, uploadKbps, hasIPv6 }: Line, minute: number, seconds: number): Octets {
  const appetite = chanceOf(seed, username);
  const busy = LEAST_BUSY + (1 - LEAST_BUSY) * chanceOf(seed, username, minute) ** 3;
  const use = MOST_OF_A_LINE * busy * (0.3 + 0.7 * appetite) * (0.25 + 0.75 * evening(minute));
  const output = Math.floor(downloadKbps * 125 * seconds * use);
  const input = Math.floor(uploadKbps * 125 * seconds * use * 0.4);
  const share = hasIPv6 ? 0.2 + 0.5 * chanceOf(seed, username, 'ipv6') : 0;
  return { input, output, ipv6Input: Math.floor(input * share), ipv6Output: Math.floor(output * share) };
}

/** 0 at nine in the morning, 1 at nine in the evening (UTC). */
function evening(minute: number): number {
  return (1 - Math.cos(((((minute / 60) % 24) - 9) / 24) * 2 * Math.PI)) / 2;
}
