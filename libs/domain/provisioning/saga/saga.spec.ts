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
      ['voice_provision', true],
      ['voice_deprovision', false],
    ]);
  });

  it('gives a step one key for all its tries, and its undoing another', () => {
    const job = { id: 7, createdAt: new Date('2025-01-29T10:30:00Z') };
    expect([stepKey(job, 'router'), stepKey(job, 'router', true)]).toEqual([
      'provisioning-7-m6hrlw00-router',
      'provisioning-7-m6hrlw00-router-undo',
    ]);
  });

  it('gives the job of a restored database, that counts from an earlier number, a key of its own', () => {
    const [lost, later] = ['2025-01-29T10:30:00Z', '2025-01-29T10:30:01Z'].map((at) =>
      stepKey({ id: 7, createdAt: new Date(at) }, 'router'),
    );
    expect(lost).not.toBe(later);
  });

  it('gives what a job tells otherwise another key, and what it tells again the same', () => {
    const at = (address: string) => stepKey(JOB, 'router', false, { username: 'u', address });
    expect(at('192.0.2.1')).toMatch(/^provisioning-1-m6hrlw00-[0-9a-f]{12}-router$/);
    const again = at('192.0.2.1');
    expect(at('192.0.2.1')).toBe(again);
    expect(at('192.0.2.2')).not.toBe(again);
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

const JOB = { id: 1, createdAt: new Date('2025-01-29T10:30:00Z') };

type End = 'succeeded' | 'undone' | 'held';

/** Runs a saga as the worker does, with this luck and then with none but good; devices carry each key out once. */
class Trial {
  readonly inEffect = new Set<string>();
  readonly undone: string[] = [];
  private readonly heard = new Set<string>();
  private records: readonly StepRecord[] = [];
  private direction: Direction = 'forward';

  constructor(private readonly saga: SagaDefinition) {}

  run(lucks: readonly Luck[]): End {
    for (let turn = 0; turn < 200; turn += 1) {
      const end = this.turn(lucks[turn] ?? 'works');
      if (end) return end;
    }
    throw new Error('it never ends');
  }

  namesAt(place: string): string[] {
    return this.saga.steps.filter((step) => step.place === place).map(({ name }) => name);
  }

  private turn(luck: Luck): End | undefined {
    if (luck === 'cancelled') this.direction = 'backward';
    const next = nextMove(this.saga, this.records, this.direction);
    if (next.move === 'hold') return 'held';
    if (next.move === 'end') return 'undone';
    if (next.move === 'perform' || next.move === 'undo') this.device(next.step.name, next.move === 'undo', luck);
    else if (luck === 'refused') this.direction = 'backward';
    else if (luck === 'works' && next.move === 'close') return 'succeeded';
    else if (luck === 'works')
      this.records = marked(marked(this.records, this.namesAt('opening'), 'done'), this.namesAt('device'), 'intended');
    return undefined;
  }

  private device(name: string, undo: boolean, luck: Luck): void {
    if (undo) this.records = marked(this.records, [name], 'compensating');
    if (luck === 'dies_before' || luck === 'fails') return;
    const key = stepKey(JOB, name, undo);
    if (!this.heard.has(key)) {
      if (undo) this.inEffect.delete(name);
      else this.inEffect.add(name);
    }
    this.heard.add(key);
    if (luck === 'refused') this.direction = 'backward';
    if (luck === 'dies_after' || luck === 'refused') return;
    if (undo) this.undone.push(name);
    this.records = marked(this.records, [name], undo ? 'compensated' : 'done');
  }
}

describe('any saga, whatever happens', () => {
  it('ends done, undone or held, and is undone in reverse', () => {
    fc.assert(
      fc.property(definition, fc.array(luck, { maxLength: 60 }), (saga, lucks) => {
        const trial = new Trial(saga);
        const end = trial.run(lucks);
        const { inEffect, undone } = trial;
        const reversible = saga.steps
          .filter((one) => one.place === 'device' && one.compensation)
          .map(({ name }) => name);
        if (end === 'succeeded') expect([...inEffect].sort()).toEqual(trial.namesAt('device').sort());
        if (end === 'undone') expect([...inEffect].filter((name) => reversible.includes(name))).toEqual([]);
        expect(undone).toEqual([...reversible].reverse().filter((name) => undone.includes(name)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is held only when a compensation used up its tries', () => {
    const lucks: Luck[] = ['works', 'works', 'works', 'refused', ...Array<Luck>(6).fill('fails')];
    expect(new Trial(PROVISION).run(lucks)).toBe('held');
    expect(new Trial(PROVISION).run(lucks.slice(0, -1))).toBe('undone');
  });
});
