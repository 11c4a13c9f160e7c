import { describe, expect, it } from '@jest/globals';
import { defineStates } from './states.js';

const door = defineStates({
  initial: 'open',
  transitions: { open: ['shut'], shut: ['open', 'walled'], walled: [] },
});

describe('defineStates', () => {
  it('answers for legal and illegal moves', () => {
    expect(door.can('open', 'shut')).toBe(true);
    expect(door.can('open', 'walled')).toBe(false);
    expect(door.can('open', 'open')).toBe(false);
    expect(door.terminal).toEqual(['walled']);
    expect(door.states).toEqual(['open', 'shut', 'walled']);
    expect(door.previous('walled')).toEqual(['shut']);
    expect(door.includes('ajar')).toBe(false);
    expect(door.includes('toString')).toBe(false);
    expect(() => door.assert('open', 'walled', (from, to) => new Error(`${from}>${to}`))).toThrow('open>walled');
    expect(() => door.assert('shut', 'walled', () => new Error())).not.toThrow();
  });

  it('refuses a table that cannot be right', () => {
    const define = (initial: string, transitions: Record<string, string[]>) => () =>
      defineStates({ initial, transitions });
    expect(define('a', { a: ['b'], b: [], c: ['a'] })).toThrow('Unreachable from a: c');
    expect(define('a', { a: ['b'] })).toThrow('unknown state b');
    expect(define('x', { a: [] })).toThrow('Unknown initial state x');
    expect(define('a', { a: ['b', 'b'], b: [] })).toThrow('twice');
  });
});
