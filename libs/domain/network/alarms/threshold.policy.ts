export const LEVELS = ['none', 'warning', 'critical'] as const;
export type AlarmLevel = (typeof LEVELS)[number];

export interface Threshold {
  readonly direction: 'above' | 'below';
  readonly warning: number | null;
  readonly critical: number | null;
  /** How far back over a level a figure must come before it counts as good again. */
  readonly hysteresis: number;
  /** How long a figure must stay on another level before that counts. */
  readonly holdSeconds: number;
}

/** Where a figure stands, and where it seems to be going. */
export interface WatchState {
  readonly level: AlarmLevel;
  readonly pending: AlarmLevel | null;
  /** Seconds of the clock. */
  readonly pendingSince: number | null;
}

export const CALM: WatchState = { level: 'none', pending: null, pendingSince: null };

/** The next state of a figure. A level is left only by `hysteresis`, and another is taken only after `holdSeconds`. */
export function nextWatch(state: WatchState, threshold: Threshold, value: number, now: number): WatchState {
  const level = levelOf(threshold, value, state.level);
  if (level === state.level) return { level, pending: null, pendingSince: null };
  const sameWay = state.pending !== null && worse(state.pending, state.level) === worse(level, state.level);
  const since = sameWay && state.pendingSince !== null ? state.pendingSince : now;
  if (now - since >= threshold.holdSeconds) return { level, pending: null, pendingSince: null };
  return { level: state.level, pending: level, pendingSince: since };
}

const worse = (one: AlarmLevel, other: AlarmLevel): boolean => LEVELS.indexOf(one) > LEVELS.indexOf(other);

/** The worst level that a figure reaches; one that it stands on already is left only by the hysteresis. */
function levelOf(threshold: Threshold, value: number, standing: AlarmLevel): AlarmLevel {
  const { direction, hysteresis } = threshold;
  const sign = direction === 'above' ? 1 : -1;
  const at = LEVELS.indexOf(standing);
  const reaches = (level: 'warning' | 'critical'): boolean => {
    const limit = threshold[level];
    if (limit === null) return false;
    const slack = at >= LEVELS.indexOf(level) ? hysteresis : 0;
    return sign * (value - limit) + slack >= 0;
  };
  if (reaches('critical')) return 'critical';
  return reaches('warning') ? 'warning' : 'none';
}
