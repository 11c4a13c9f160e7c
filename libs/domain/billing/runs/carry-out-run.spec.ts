import { expect, it } from '@jest/globals';
import { systemClock } from '@isp/kernel';
import { databaseErrors } from '@isp/platform/database';
import { CarryOutRun } from './carry-out-run.usecase.js';

it('tries no account alone, and so parks none, when others came first in the database', async () => {
  let turns = 0;
  const uow = { run: () => ((turns += 1), Promise.reject(databaseErrors('platform.database.lost_race'))) };
  const run = new CarryOutRun(uow as never, {} as never, {} as never, systemClock);
  await expect(run.execute(1)).rejects.toThrow('came first');
  expect(turns).toBe(1);
});
