/** Whole months, `YYYY-MM`, both included. */
export interface MonthRange {
  readonly from: string;
  readonly to: string;
}

export const firstOf = (month: string): string => `${month}-01`;
