import { expect, it } from '@jest/globals';
import { databaseErrors } from '@isp/platform/database';
import { againAfterSeconds, despiteOthers, isOthersFault } from './others-faults.js';
import { workErrors } from './work.errors.js';

const LOST = databaseErrors('platform.database.lost_race');

it('knows what says nothing about what was dealt with', () => {
  const others = [LOST, databaseErrors('platform.database.timeout'), workErrors('platform.work.fenced')];
  expect(others.map(isOthersFault)).toEqual([true, true, true]);
  expect([new Error('wrong'), databaseErrors('platform.database.unstorable')].map(isOthersFault)).toEqual([
    false,
    false,
  ]);
  expect(againAfterSeconds(LOST)).toBeLessThan(againAfterSeconds(new Error('wrong')));
});

it('tries three times what others are at fault of, and nothing else twice', async () => {
  let tries = 0;
  const failing = (error: Error) => () => ((tries += 1), Promise.reject(error));
  await expect(despiteOthers(failing(LOST))).rejects.toBe(LOST);
  expect(tries).toBe(3);
  await expect(despiteOthers(failing(new Error('wrong')))).rejects.toThrow('wrong');
  expect(tries).toBe(4);
});
