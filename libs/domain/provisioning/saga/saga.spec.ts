import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFINITIONS, MOVE, PROVISION } from './definitions.js';
import {
  type Direction,
  type SagaDefinition,
  type StepRecord,
  defineSaga,
  isReversible,
  marked,
  nextMove,
  stepKey,
  touchesDevices,
} from './saga.js';

const done = (...names: string[]): StepRecord[] => names.map((name) => ({ name, status: 'done', attempts: 1 }));
const intended = (name: string): StepRecord => ({ name, status: 'intended', attempts: 1 });

describe('what comes next', () => {
  it('opens first, then tells devices whose intent is on record, then closes', () => {
    expect(nextMove(PROVISION, [], 'forward').move).toBe('open');
    const opened = [...done('validate', 'reserve_address', 'credentials'), intended('router'), intended('read_back')];
    expect(nextMove(PROVISION, opened, 'forward')).toMatchObject({ move: 'perform', step: { name: 'router' } });
    const told = marked(opened, ['router'], 'done');
    expect(nextMove(PROVISION, told, 'forward')).toMatchObject({ move: 'perform', step: { name: 'read_back' } });
    expect(nextMove(PROVISION, marked(told, ['read_back'], 'skipped'), 'forward').move).toBe('close');
  });

  it('tells a device nothing without an intent', () => {
    const opened = done('validate', 'reserve_address', 'credentials');
    expect(nextMove(PROVISION, opened, 'forward').move).toBe('open');
  });

  it('undoes devices in reverse order, an intent included, and the database last', () => {
    const records = [...done('validate', 'reserve_address', 'router', 'read_back'), intended('old_router')];
    const first = nextMove(MOVE, records, 'backward');
    expect(first).toMatchObject({ move: 'undo', step: { name: 'old_router' } });
    const second = marked(records, ['old_router'], 'compensated');
    expect(nextMove(MOVE, second, 'backward')).toMatchObject({ move: 'undo', step: { name: 'router' } });
    const third = marked(second, ['router'], 'compensated');
    expect(nextMove(MOVE, third, 'backward')).toEqual({ move: 'end', undone: ['reserve_address'] });
    expect([touchesDevices(MOVE, second), touchesDevices(MOVE, third)]).toEqual([true, false]);
  });

  it('holds a job whose compensation fails too often', () => {
    const failing = (attempts: number): StepRecord[] => [{ name: 'router', status: 'compensating', attempts }];
    expect(nextMove(PROVISION, failing(5), 'backward').move).toBe('undo');
    expect(nextMove(PROVISION, failing(6), 'backward')).toMatchObject({ move: 'hold', step: { name: 'router' } });
  });

  it('knows which sagas can go back', () => {
    expect(Object.values(DEFINITIONS).map((saga) => [saga.kind, isReversible(saga)])).toEqual([
      ['provision', true],
      ['deprovision', false],
      ['move', true],
    ]);
  });

  it('gives a step one key for all its tries, and its undoing another', () => {
    expect([stepKey(7, 'router'), stepKey(7, 'router', true)]).toEqual([
      'provisioning-7-router',
      'provisioning-7-router-undo',
    ]);
  });
});

describe('a saga that is refused', () => {
  const device = { name: 'a', place: 'device', timeoutMs: 1 } as const;
  it.each<[string, SagaDefinition]>([
    ['comes twice', { kind: 'x', steps: [device, device] }],
    ['out of order', { kind: 'x', steps: [device, { name: 'b', place: 'opening' }] }],
    ['no time limit', { kind: 'x', steps: [{ name: 'a', place: 'device' }] }],
    [
      'cannot be undone',
      { kind: 'x', steps: [{ name: 'a', place: 'closing', compensation: { attempts: 1, baseMs: 1, capMs: 1 } }] },
    ],
  ])('%s', (message, saga) => expect(() => defineSaga(saga)).toThrow(message));
});

/** What befalls one move: it works, fails, or the process dies before or after the device heard of it. */
type Luck = 'works' | 'fails' | 'refused' | 'dies_before' | 'dies_after' | 'cancelled';
const luck = fc.constantFrom<Luck>(
  'works',
  'works',
  'works',
  'fails',
  'refused',
  'dies_before',
  'dies_after',
  'cancelled',
);
const definition = fc.constantFrom<SagaDefinition>(PROVISION, MOVE);

interface Ending {
  readonly as: 'succeeded' | 'undone' | 'held';
  /** Device steps in effect, and every step key with the number of times that a device carried it out. */
  readonly inEffect: ReadonlySet<string>;
  readonly carriedOut: ReadonlyMap<string, number>;
  readonly undone: readonly string[];
}

/** Runs a saga as the worker does, with this luck and then with none but good; devices carry each key out once. */
function run(saga: SagaDefinition, lucks: readonly Luck[]): Ending {
  let records: readonly StepRecord[] = [];
  let direction: Direction = 'forward';
  const inEffect = new Set<string>();
  const carriedOut = new Map<string, number>();
  const undone: string[] = [];
  const tell = (key: string, effect: () => void): void => {
    if (carriedOut.has(key)) return;
    carriedOut.set(key, 1);
    effect();
  };
  const ending = (as: Ending['as']): Ending => ({ as, inEffect, carriedOut, undone });
  for (let turn = 0; turn < 200; turn += 1) {
    const now = lucks[turn] ?? 'works';
    if (now === 'cancelled') direction = 'backward';
    const next = nextMove(saga, records, direction);
    if (next.move === 'hold') return ending('held');
    if (next.move === 'end') return ending('undone');
    if (next.move === 'close') {
      if (now === 'refused') direction = 'backward';
      else if (now === 'works') return ending('succeeded');
    } else if (next.move === 'open') {
      if (now === 'refused') direction = 'backward';
      if (now !== 'works') continue;
      const opening = saga.steps.filter(({ place }) => place === 'opening').map(({ name }) => name);
      const devices = saga.steps.filter(({ place }) => place === 'device').map(({ name }) => name);
      records = marked(marked(records, opening, 'done'), devices, 'intended');
    } else {
      const { name } = next.step;
      const undo = next.move === 'undo';
      if (undo) records = marked(records, [name], 'compensating');
      if (now === 'dies_before' || (now === 'fails' && !undo)) continue;
      if (now === 'fails') continue;
      tell(stepKey(1, name, undo), () => (undo ? inEffect.delete(name) : inEffect.add(name)));
      if (now === 'refused') direction = 'backward';
      if (now === 'dies_after' || now === 'refused') continue;
      if (undo) undone.push(name);
      records = marked(records, [name], undo ? 'compensated' : 'done');
    }
  }
  throw new Error('it never ends');
}

describe('any saga, whatever happens', () => {
  it('ends done, undone or held, with every key carried out once and undone in reverse', () => {
    fc.assert(
      fc.property(definition, fc.array(luck, { maxLength: 60 }), (saga, lucks) => {
        const { as, inEffect, carriedOut, undone } = run(saga, lucks);
        const devices = saga.steps.filter(({ place }) => place === 'device').map(({ name }) => name);
        const reversible = saga.steps
          .filter((one) => one.place === 'device' && one.compensation)
          .map(({ name }) => name);
        if (as === 'succeeded') expect([...inEffect].sort()).toEqual([...devices].sort());
        if (as === 'undone') expect([...inEffect].filter((name) => reversible.includes(name))).toEqual([]);
        expect([...carriedOut.values()].every((times) => times === 1)).toBe(true);
        expect(undone).toEqual([...reversible].reverse().filter((name) => undone.includes(name)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is held only when a compensation used up its tries', () => {
    const lucks: Luck[] = ['works', 'works', 'works', 'refused', ...Array<Luck>(6).fill('fails')];
    expect(run(PROVISION, lucks).as).toBe('held');
    expect(run(PROVISION, lucks.slice(0, -1)).as).toBe('undone');
  });
});
