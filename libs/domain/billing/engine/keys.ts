// What a charge is for is in its key:
//   r:<service>:<period>:<from>:<plan>.<version>:<price>   days of a service in the period that begins on a day
//   d:<discount>:<key of what it comes off>
//   u:<service>:<period>:<plan>.<version>:<price>          usage of that period
//   a:<group>                                              what was credited by hand before and counts against the others
//   f:<service>:<name>, c:<one-off charge>                 what is charged once
const OF_PERIOD = /(?:^|:)([ru]):(\d+):(\d{4}-\d\d-\d\d):/;

/**
 * The charges that stand for each other: the days of a service in a period with what comes off them, its usage in a
 * period, a thing that is charged once.
 */
export function groupOf(key: string): string {
  if (key.startsWith('a:')) return key.slice(2);
  const found = OF_PERIOD.exec(key);
  return found ? `${found[1]}:${found[2]}:${found[3]}` : key;
}

/** The first day of the (whole) period that a charge is for; undefined for what is charged once. */
export function periodOf(key: string): string | undefined {
  return OF_PERIOD.exec(`${groupOf(key)}:`)?.[3];
}

/** The key of what was credited before of a group. */
export const keptKeyOf = (group: string): string => `a:${group}`;
