import { describe, expect, it } from '@jest/globals';
import type { JobWithSteps, StepView } from '@isp/domain/provisioning';
import { systemClock } from '@isp/kernel';
import { cursorOf, eventsSince } from './job-events.js';

const at = systemClock.now();
const step = (position: number, status: StepView['status']): StepView => ({
  position,
  name: `step${position}`,
  status,
  attempts: 1,
  detail: {},
  startedAt: at,
  finishedAt: null,
});
const job = (version: number, ...steps: StepView[]): JobWithSteps =>
  ({
    id: 7,
    version,
    request: {},
    createdAt: at,
    updatedAt: at,
    estimatedCompletion: at,
    heldAt: null,
    steps,
  }) as never;
const told = (from: string | undefined, seen: JobWithSteps) =>
  eventsSince(cursorOf(from), seen).events.map(({ id, event }) => `${event} ${id}`);

describe('the events of a job', () => {
  it('tell each step and then the job', () => {
    expect(told(undefined, job(2, step(1, 'done'), step(2, 'intended')))).toEqual([
      'step 0.d',
      'step 0.di',
      'job 2.di',
    ]);
  });

  it('go on where a reader stopped, and repeat nothing', () => {
    expect(told('2.di', job(3, step(1, 'done'), step(2, 'done'), step(3, 'skipped')))).toEqual([
      'step 2.dd',
      'step 2.dds',
      'job 3.dds',
    ]);
    expect(told('3.dds', job(3, step(1, 'done'), step(2, 'done'), step(3, 'skipped')))).toEqual([]);
  });

  it('leave places open for steps that do not exist yet', () => {
    expect(told('1.', job(1, step(3, 'compensating')))).toEqual(['step 1.--c']);
  });

  it.each(['nonsense', '1', '1.xyz', '99999999999.d', `1.${'d'.repeat(21)}`])('take %s for nothing seen', (id) => {
    expect(told(id, job(1))).toEqual(['job 1.']);
  });
});
