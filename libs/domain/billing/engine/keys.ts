// What a charge is for is in its key:
//   r:<service>:<period>:<from>:<plan>.<version>:<price>   days of a service in the period that begins on a day
//   d:<discount>:<key of what it comes off>
//   u:<service>:<period>:<plan>.<version>:<price>          usage of that period, or of <period>/<day>: the part of it that other
//                                                          terms begin on that day
//   a:<group>                                              what was credited by hand before and counts against the others
//   f:<service>:<name>, c:<one-off charge>                 what is charged once
const OF_PERIOD = /(?:^|:)([ru]):(\d+):(\d{4}-\d\d-\d\d)(\/\d{4}-\d\d-\d\d)?:/;
const OF_PLAN = /:(\d+)\.\d+:/;
const OF_DAYS = /(?:^|:)r:\d+:[^:]+:(\d{4}-\d\d-\d\d(?:T[^Z]+Z)?):/;

/**
 * The charges that stand for each other: the days of a service in a period with what comes off them, its usage in a
 * period, a thing that is charged once.
 */
export function groupOf(key: string): string {
  if (isKept(key)) return key.slice(2);
  const found = OF_PERIOD.exec(key);
  return found ? `${found[1]}:${found[2]}:${found[3]}${found[4] ?? ''}` : key;
}

/** A (whole) period, and the first day of it that is billed under its terms. */
interface OfPeriod {
  readonly from: string;
  readonly billedFrom: string;
}

export const groupOfDays = (serviceId: number, { from }: OfPeriod): string => `r:${serviceId}:${from}`;

/** Usage is counted for the days under each terms by itself. */
export function groupOfUsage(serviceId: number, { from, billedFrom }: OfPeriod, startsOn: string): string {
  const whole = billedFrom === from || billedFrom === startsOn;
  return `u:${serviceId}:${from}${whole ? '' : `/${billedFrom}`}`;
}

/** Where the days of a charge begin, as a ruler writes it; undefined for what is not charged by days. */
export const beginOf = (key: string): string | undefined => OF_DAYS.exec(key)?.[1];

/** The first day of the (whole) period that a charge is for; undefined for what is charged once. */
export function periodOf(key: string): string | undefined {
  return OF_PERIOD.exec(`${groupOf(key)}:`)?.[3];
}

/** The plan whose price is charged; undefined where none is. */
export function planOf(key: string): number | undefined {
  const found = OF_PLAN.exec(key)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Whether a key is that of what was credited before. */
export const isKept = (key: string): boolean => key.startsWith('a:');

/** The key of what was credited before of a group. */
export const keptKeyOf = (group: string): string => `a:${group}`;
