import { describe, expect, it } from '@jest/globals';
import { type Sort, sortedStatements, sorting } from './sorting.js';

const THINGS = sorting({
  id: 't.id',
  partner: 't.partner_id',
  otherwise: ['t.id DESC'],
  fields: {
    created_at: 't.id',
    name: 'lower(t.name)',
    status: { by: ['t.status', 't.id DESC'] },
    due_at: { by: ['t.due_at'], nullable: true },
    total: { by: ['t.total'], within: ['account_id'] },
  },
  words: { newest: '-created_at' },
});

describe('the order of a list', () => {
  it.each<[Sort<(typeof THINGS.fields)[number]> | undefined, string, string]>([
    [undefined, 't.id DESC', 't.partner_id DESC, t.id DESC'],
    ['created_at', 't.id', 't.partner_id, t.id'],
    ['-created_at', 't.id DESC', 't.partner_id DESC, t.id DESC'],
    ['name', 'lower(t.name), t.id', 't.partner_id, lower(t.name), t.id'],
    ['-name', 'lower(t.name) DESC, t.id DESC', 't.partner_id DESC, lower(t.name) DESC, t.id DESC'],
    ['status', 't.status, t.id DESC', 't.partner_id, t.status, t.id DESC'],
    ['-status', 't.status DESC, t.id', 't.partner_id DESC, t.status DESC, t.id'],
    ['due_at', 't.due_at NULLS LAST, t.id', 't.partner_id, t.due_at NULLS LAST, t.id'],
    ['-due_at', 't.due_at DESC NULLS LAST, t.id DESC', 't.partner_id DESC, t.due_at DESC NULLS LAST, t.id DESC'],
  ])('by %s is %s, and within a partner %s', (sort, everybody, partner) => {
    expect([THINGS.orderBy(sort), THINGS.orderBy(sort, true)]).toEqual([everybody, partner]);
  });

  it('knows what a field needs', () => {
    expect([THINGS.needs('name'), THINGS.needs('total')]).toEqual([[], ['account_id']]);
  });

  it('takes no text of the caller', () => {
    expect(() => THINGS.orderBy('t.id; DROP TABLE things' as 'name')).toThrow('no list is sorted by');
  });
});

describe('the statements of a list', () => {
  const lists = sortedStatements('spec-things', THINGS, (order) => `SELECT * FROM things t ORDER BY ${order}`);

  it('has one for each order', () => {
    expect(lists.of('-name', true)).toEqual({
      name: 'spec-things-of-partner-by--name',
      text: 'SELECT * FROM things t ORDER BY t.partner_id DESC, lower(t.name) DESC, t.id DESC',
    });
    expect(lists.of(undefined).name).toBe('spec-things');
  });

  it('refuses an order that was not declared', () => {
    expect(() => lists.of('colour' as 'name')).toThrow('spec-things is not sorted by colour');
  });
});
