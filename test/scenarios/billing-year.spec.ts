import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReconcileNetwork } from '@isp/domain/network';
import { BillingYear, RECONNECTION } from '../support/billing-year.js';

let year: BillingYear;

beforeAll(async () => {
  year = await BillingYear.open();
}, 90_000);
afterAll(() => year.close(), 60_000);

const paidOn = (months: readonly number[], days: Readonly<Record<number, number>> = {}) =>
  months.map((month) => ({ month, daysAfterDue: days[month] ?? -9 }));
const ALL = Array.from({ length: 12 }, (_, month) => month);

describe('twelve months of customers', () => {
  it('bills, dunns, suspends and restores them through the network, each by its own fate', async () => {
    const { always, late, throttled, suspended, kept, broken, disputed, gone } = year.customers;
    year.pays(always, paidOn(ALL));
    year.pays(late, paidOn(ALL, { 2: 6, 5: 6, 8: 6 }));
    year.pays(throttled, paidOn(ALL, { 3: 10, 7: 10 }));
    year.pays(suspended, paidOn(ALL, { 2: 23, 9: 23 }));
    year.pays(kept, paidOn(ALL, { 4: 13 }));
    year.promises(kept, { month: 4, daysAfterDue: 6, until: 14 });
    year.pays(broken, paidOn(ALL, { 4: 31 }));
    year.promises(broken, { month: 4, daysAfterDue: 6, until: 9 });
    year.pays(disputed, paidOn(ALL.filter((month) => month !== 3)));
    year.disputes(disputed, { month: 3, daysAfterDue: 3, acceptedAfter: 40 });
    year.pays(gone, paidOn([0, 1, 2, 3, 4]));
    await year.tag(gone, 'strict');

    await year.live();

    expect(await year.story(always)).toEqual([]);
    expect(await year.story(late)).toEqual(Array.from({ length: 3 }, () => ['reminder', 'close paid']).flat());
    const slowed = ['reminder', 'throttle', 'restore paid', 'close paid'];
    expect(await year.story(throttled)).toEqual([...slowed, ...slowed]);
    const cut = ['reminder', 'throttle', 'suspend', 'restore paid', 'close paid'];
    expect(await year.story(suspended)).toEqual([...cut, ...cut]);
    expect(await year.story(kept)).toEqual(['reminder', 'throttle held promise', 'close paid']);
    expect(await year.story(broken)).toEqual(['reminder', 'throttle held promise', ...cut.slice(1)]);
    expect(await year.promiseStates()).toEqual([
      [kept.id, 'kept'],
      [broken.id, 'broken'],
    ]);
    expect(await year.story(disputed)).toEqual(['close disputed']);
    expect(await year.story(gone)).toEqual(['reminder', 'throttle', 'suspend', 'terminate', 'close terminated']);
    // Nobody was ever cut off on a weekend, a holiday or outside hours where they are.
    expect(await year.cutsOutsideHours()).toEqual([]);
    // What the equipment saw, each time the network was to do something else.
    expect(year.seen(always)).toEqual([]);
    expect(year.seen(throttled)).toEqual(['2000 kbit/s', 'open', '2000 kbit/s', 'open']);
    expect(year.seen(suspended)).toEqual([
      '2000 kbit/s',
      'walled garden',
      'open',
      '2000 kbit/s',
      'walled garden',
      'open',
    ]);
    expect(year.seen(gone)).toEqual(['2000 kbit/s', 'walled garden', 'offline']);
  }, 400_000);

  it('leaves books in which every cent can be explained, and a network that does what was sold', async () => {
    const books = await year.books();
    expect(books).toMatchObject({ unproven: [], trialBalance: [] });
    expect(books.proven).toBeGreaterThan(90);
    const { suspended, always, broken } = year.customers;
    // One reconnection for each suspension that a payment ended.
    expect([await year.charged(suspended, RECONNECTION), await year.charged(broken, RECONNECTION)]).toEqual([2, 1]);
    expect(await year.charged(always, RECONNECTION)).toBe(0);
    const open = await year.owed();
    expect(open).toEqual([year.customers.gone.id]);
    await year.world.use(ReconcileNetwork).execute(0);
    expect(await year.world.rows('SELECT * FROM network_drifts WHERE repaired_at IS NULL')).toEqual([]);
    process.stdout.write(`billing year: ${JSON.stringify({ documents: books.proven, ...year.figures })}\n`);
  }, 60_000);
});
