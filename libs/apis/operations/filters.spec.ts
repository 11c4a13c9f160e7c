import { describe, expect, it } from '@jest/globals';
import { filter, sliceFilters, tolerantQuery } from './filters.js';

const query = tolerantQuery({ status: filter('A status.', ['Active']), ...sliceFilters('`id`') });

describe('the filters of the operations API', () => {
  it.each([
    [{}, {}],
    [{ status: 'Active' }, { status: 'Active' }],
    [{ status: 'active' }, { status: 'active' }],
    [{ status: '' }, {}],
    [{ status: ['Trial', 'Active'] }, { status: 'Active' }],
    [{ status: ['Active', ''] }, {}],
    [{ stranger: 'x', after_id: 'CUST-10001' }, { after_id: 'CUST-10001' }],
    [{ after_id: 'CUST\0' }, {}],
    [{ limit: '5' }, { limit: 5 }],
    [{ limit: '50000' }, { limit: 10_000 }],
    [{ limit: '' }, {}],
    [{ limit: ['many', '7'] }, { limit: 7 }],
  ])('reads %j as %j', (given, read) => {
    expect(JSON.parse(JSON.stringify(query.parse(given)))).toEqual(read);
  });

  it.each(['0', '-1', '+1', '1.5', '1e3', '0x10', ' 5', 'many', 'NaN'])('refuses a limit of %j', (limit) => {
    const found = query.safeParse({ limit: ['7', limit] });
    expect(found.error?.issues).toMatchObject([{ path: ['limit'], message: 'must be a positive whole number' }]);
  });
});
