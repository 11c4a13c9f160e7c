import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SetCustomerStatus } from '@isp/domain/customers';
import {
  actor,
  use,
  sql,
  order,
  active,
  read,
  stateOf,
  wanted,
  events,
  suspend,
  reactivate,
  customer,
  online,
  openServices,
  closeServices,
} from '../../../../test/support/services-world.js';
import { FollowCustomer } from './follow-customer.usecase.js';

beforeAll(openServices, 120_000);
afterAll(closeServices);

const refusal = (code: string) => expect.objectContaining({ code }) as never;

describe('causes of suspension', () => {
  it('are a set: the network opens when the last is gone, and at once then', async () => {
    const id = await active();
    const causes = ['manual', 'payment', 'abuse'] as const;
    const step = fc.record({ add: fc.boolean(), cause: fc.constantFrom(...causes) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
        const open = new Set<string>((await read(id)).suspendedFor);
        for (const { add, cause } of steps) {
          await (add ? suspend(id, cause) : reactivate(id, cause)).catch(() => undefined);
          if (add) open.add(cause);
          else open.delete(cause);
          const access = open.size === 0 ? 'open' : 'walled_garden';
          expect([...(await stateOf(id)), (await wanted(id))?.access]).toEqual([
            open.size === 0 ? 'active' : 'suspended',
            [...open].sort().join('+'),
            access,
          ]);
        }
      }),
      { numRuns: 20 },
    );
    const [row] = await sql<{ open: string }>(
      `SELECT string_agg(cause, '+' ORDER BY cause) AS open FROM service_suspensions WHERE service_id = ${id} AND ended_at IS NULL`,
    );
    expect(row?.open ?? '').toBe((await stateOf(id))[1]);
  }, 60_000);

  it('close the line altogether where one of them says so', async () => {
    const id = await active();
    await suspend(id, 'payment');
    await suspend(id, 'abuse', false);
    expect((await wanted(id))?.access).toBe('closed');
    await reactivate(id, 'abuse');
    expect((await wanted(id))?.access).toBe('walled_garden');
    expect(await events(id)).toEqual(['created', 'activated', 'suspended']);
    await reactivate(id);
    expect(await events(id)).toEqual(['created', 'activated', 'suspended', 'reactivated']);
  });

  it('must be named when there are several, and be there', async () => {
    const id = await active();
    await expect(reactivate(id)).rejects.toEqual(refusal('services.service.illegal_move'));
    await suspend(id, 'manual');
    await expect(suspend(id, 'manual')).rejects.toEqual(refusal('services.service.suspended_already'));
    await expect(reactivate(id, 'payment')).rejects.toEqual(refusal('services.service.not_suspended_for'));
    await suspend(id, 'payment');
    await expect(reactivate(id)).rejects.toEqual(refusal('services.service.cause_needed'));
  });

  it('of a customer come and go with it, once, and leave others alone', async () => {
    const customerId = await customer();
    const [one, two, waiting] = [await active(customerId), await active(customerId), await order(customerId)];
    await suspend(two, 'payment');
    const follow = () => use(FollowCustomer).execute({ actor, customerId });
    const set = (status: 'suspended' | 'active') => use(SetCustomerStatus).execute({ actor, customerId, status });
    await set('suspended');
    await Promise.all([follow(), follow()]);
    expect([await stateOf(one), await stateOf(two), await stateOf(waiting)]).toEqual([
      ['suspended', 'customer'],
      ['suspended', 'customer+payment'],
      ['pending_activation', 'customer'],
    ]);
    await expect(reactivate(one)).rejects.toEqual(refusal('services.service.follows'));
    // It comes up while its customer is suspended: it must not work.
    await online(waiting);
    expect(await stateOf(waiting)).toEqual(['suspended', 'customer']);
    await reactivate(two, 'payment');
    await set('active');
    // Late, twice, out of order: what counts is what the customer is.
    await Promise.all([follow(), follow()]);
    expect([await stateOf(one), await stateOf(two), await stateOf(waiting)]).toEqual([
      ['active', ''],
      ['active', ''],
      ['active', ''],
    ]);
    expect((await events(one)).filter((name) => name === 'suspended' || name === 'reactivated')).toEqual([
      'suspended',
      'reactivated',
    ]);
  });
});
