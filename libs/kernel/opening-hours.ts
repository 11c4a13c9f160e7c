/** Hours on a day of the week, on the clocks of whoever keeps them. */
export interface OpeningHours {
  /** 1 is Monday, 7 is Sunday (ISO 8601). */
  readonly weekday: number;
  /** `HH:MM`. */
  readonly from: string;
  /** `HH:MM`, not included; `24:00` is midnight. */
  readonly until: string;
}

/** Minutes since midnight of `HH:MM`. */
export const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
