import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, monotonicMs, systemClock } from '@isp/kernel';

const LOOK_EVERY_MS = 5_000;
/** What a machine's clock may differ before anybody is told. */
const WORTH_TELLING_SECONDS = 1;

/** Asks the database for its time: milliseconds since 1970. */
export type AskTime = () => Promise<number>;

/** What a clock is made of; a test has its own. */
export interface ClockParts {
  /** Told in words when the machine's clock differs from the database's by a second more, or less, than was told before. */
  readonly tell?: (text: string) => void;
  readonly machine?: Clock;
  /** Milliseconds that nobody can set. */
  readonly count?: () => number;
}

/**
 * The time of the database, which every program of an installation goes by (ADR 48): what is due, which day a period ends
 * on and how long a token holds must not depend on the machine that asks. Between two looks time passes as the processor
 * counts it (CLOCK_MONOTONIC), which nobody can set; so a machine's clock that jumps changes nothing.
 */
@Injectable()
export class DatabaseClock implements Clock, OnApplicationShutdown {
  /** The database's milliseconds minus those that are counted. */
  private offset: number | undefined;
  private ask: AskTime | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private told = 0;
  private readonly parts: Required<ClockParts>;

  constructor(parts: ClockParts = {}) {
    this.parts = { tell: () => undefined, machine: systemClock, count: monotonicMs, ...parts };
  }

  /** Looks once, which must succeed, and from then on every five seconds. */
  async follow(ask: AskTime): Promise<void> {
    this.ask = ask;
    await this.compare(ask);
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  now(): Date {
    if (this.offset === undefined) throw new Error('the time is asked for before the database was');
    return new Date(this.parts.count() + this.offset);
  }

  /** How far the machine's own clock is ahead of the database's; negative when it is behind. */
  machineAheadSeconds(): number {
    return (this.parts.machine.now().getTime() - this.now().getTime()) / 1_000;
  }

  /** Looks again, once at a time. A database that is away has no time to tell; ours passes meanwhile. */
  async look(): Promise<void> {
    if (this.looking || !this.ask) return;
    this.looking = true;
    await this.compare(this.ask).catch(() => undefined);
    this.looking = false;
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /**
   * The answer was true at some moment between the question and its arrival. What we go by is corrected by no more than
   * that proves wrong, so that it does not tremble with the network.
   */
  private async compare(ask: AskTime): Promise<void> {
    const sent = this.parts.count();
    const answer = await ask();
    const [least, most] = [answer - this.parts.count(), answer - sent];
    this.offset = Math.min(Math.max(this.offset ?? (least + most) / 2, least), most);
    const ahead = this.machineAheadSeconds();
    if (Math.abs(ahead - this.told) < WORTH_TELLING_SECONDS) return;
    this.told = ahead;
    this.parts.tell(`the machine's clock ${whereItIs(Math.round(ahead))} the database's, which counts`);
  }
}

function whereItIs(ahead: number): string {
  if (ahead === 0) return 'agrees again with';
  return `is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'}`;
}
