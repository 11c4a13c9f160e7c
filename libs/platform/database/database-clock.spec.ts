import { beforeEach, describe, expect, it } from '@jest/globals';
import { DatabaseClock } from './database-clock.js';

const NOON = Date.UTC(2026, 0, 15, 12);
/** A database, a machine, what its processor counts, and the way between them: all in milliseconds. */
const world = { database: 0, machine: 0, counted: 0, there: 0, back: 0, away: false };
const told: string[] = [];
let clock: DatabaseClock;

/** Time passes for all. */
function pass(ms: number): void {
  world.database += ms;
  world.machine += ms;
  world.counted += ms;
}
async function ask(): Promise<number> {
  await Promise.resolve();
  if (world.away) throw new Error('away');
  pass(world.there);
  const answer = world.database;
  pass(world.back);
  return answer;
}
const wrongBy = (): number => clock.now().getTime() - world.database;

beforeEach(async () => {
  Object.assign(world, { database: NOON, machine: NOON, counted: 500, there: 0, back: 0, away: false });
  told.length = 0;
  const tell = (text: string): void => void told.push(text);
  clock = new DatabaseClock({ tell, machine: { now: () => new Date(world.machine) }, count: () => world.counted });
  await clock.follow(ask);
  clock.onApplicationShutdown();
});

describe('the clock that programs go by', () => {
  it("goes on by the processor's count while the machine's clock jumps, and says that it did", async () => {
    for (const [jump, ahead, words] of [
      [3_600_000, 3_600, 'is 3600 s ahead of'],
      [-7_200_000, -3_600, 'is 3600 s behind'],
      [3_600_000, 0, 'agrees again with'],
    ] as const) {
      world.machine += jump;
      expect(wrongBy()).toBe(0);
      for (let looks = 1; looks <= 3; looks += 1) {
        pass(5_000);
        await clock.look();
      }
      expect([wrongBy(), clock.machineAheadSeconds()]).toEqual([0, ahead]);
      expect(told.at(-1)).toBe(`the machine's clock ${words} the database's, which counts`);
    }
    expect(told).toHaveLength(3);
  });

  it('follows a database that another took over from', async () => {
    for (const step of [40_000, -90_000]) {
      world.database += step;
      await clock.look();
      expect(wrongBy()).toBe(0);
    }
  });

  it('does not move with the time that answers take, and is no further off than they leave open', async () => {
    for (const [there, back] of [
      [0, 400],
      [900, 0],
      [30, 30],
    ] as const) {
      Object.assign(world, { there, back });
      await clock.look();
      expect(wrongBy()).toBe(0);
    }
    world.database += 50;
    await clock.look();
    expect(wrongBy()).toBe(-30);
  });

  it('looks once at a time', async () => {
    world.database += 10;
    let asked = 0;
    await clock.follow(async () => {
      asked += 1;
      return ask();
    });
    clock.onApplicationShutdown();
    await Promise.all([clock.look(), clock.look(), clock.look()]);
    expect(asked).toBe(2);
  });

  it('goes on while the database is away, and looks again when it is back', async () => {
    world.away = true;
    pass(60_000);
    await clock.look();
    expect(wrongBy()).toBe(0);
    world.database += 2_000;
    world.away = false;
    await clock.look();
    expect(wrongBy()).toBe(0);
  });

  it('cannot begin without an answer, and has no time before', async () => {
    world.away = true;
    const other = new DatabaseClock();
    await expect(other.follow(ask)).rejects.toThrow('away');
    expect(() => other.now()).toThrow('before the database');
  });
});
