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
    [{ limit: '-1' }, {}],
    [{ limit: 'many' }, {}],
    [{ limit: ['7', '1.5'] }, {}],
  ])('reads %j as %j', (given, read) => {
    expect(JSON.parse(JSON.stringify(query.parse(given)))).toEqual(read);
  });
});
