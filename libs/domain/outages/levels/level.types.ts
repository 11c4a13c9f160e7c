import type { Span } from '@isp/kernel';

/** Seconds since 1970, whole; a span excludes its end. */
export interface OutageSpan extends Span {
  readonly outageId: number;
  /** It is not over: its end is the present. */
  readonly lasts: boolean;
}

/** What was promised of a service, and what a broken promise is worth. */
export interface Commitment {
  /** Share of the time, 0 to 100; decimal text. */
  readonly percent: string;
  readonly latencyMs: number | null;
  readonly packetLossPercent: number | null;
}

export interface CreditPolicy {
  /** Of the monthly fee for each unit, and at most in all; decimal text. */
  readonly percent: string;
  readonly capPercent: string;
  readonly minutes: number;
  readonly unit: 'started' | 'full';
  readonly when: 'month_end' | 'at_once';
}

/** Everything that a month's figures are computed from. */
export interface LevelFacts {
  /** The month, and how far it has got. */
  readonly from: number;
  readonly until: number;
  readonly now: number;
  /** When the service was to work: active and not suspended, to the end of the month where nothing else is known. */
  readonly agreed: readonly Span[];
  readonly maintenance: readonly Span[];
  readonly outages: readonly OutageSpan[];
  /** Sessions, as far as the network server told of them: proof that the service worked. */
  readonly sessions: readonly Span[];
  /** Hours in which something on the way to the subscriber was asked by the poller. */
  readonly observed: readonly Span[];
  /** Questions to the subscriber's own equipment, or to what stands nearest to it, in hours without maintenance. */
  readonly probes: { readonly asked: number; readonly answered: number; readonly elapsedMs: number };
  readonly promise: Commitment;
  /** Null: nobody promised a credit. */
  readonly credit: CreditPolicy | null;
  /** What the service cost a month when the month ended, without tax. */
  readonly monthlyAmount: string;
  readonly currency: string;
}

/** A month's figures. Seconds; null where nothing was measured. */
export interface Level {
  readonly agreedSeconds: number;
  /** Of that, what is over. */
  readonly livedSeconds: number;
  readonly maintenanceSeconds: number;
  readonly measuredSeconds: number;
  readonly downSeconds: number;
  readonly committedPercent: string;
  readonly actualPercent: number | null;
  readonly latencyMs: number | null;
  readonly packetLossPercent: number | null;
  readonly incidents: number;
  /** In all incidents together. */
  readonly repairSeconds: number;
  readonly met: boolean | null;
  /** Without tax; decimal text. */
  readonly creditAmount: string;
  /** How it came to that, for people. */
  readonly arithmetic: string;
}
