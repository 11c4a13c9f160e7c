import type { EventSource, ServerSentEvent } from '@isp/apis/shared';
import type { JobWatch, JobWithSteps, StepView } from '@isp/domain/provisioning';
import { presentJobWithSteps, presentStep } from './job.presenter.js';

const LETTERS: Readonly<Record<StepView['status'], string>> = {
  intended: 'i',
  done: 'd',
  failed: 'f',
  compensating: 'c',
  compensated: 'u',
  skipped: 's',
};
const CURSOR = /^(\d{1,9})\.([idfcus-]{0,20})$/;

/**
 * What a reader has seen: the job's version and each step's state, one letter a position. It travels as the event's id,
 * so that whatever process is asked next knows what is new without having kept anything.
 */
interface Cursor {
  readonly version: number;
  readonly letters: string;
}

const NOTHING: Cursor = { version: 0, letters: '' };

/** Reads a `Last-Event-ID`; one that this API never gave is nothing seen. */
export function cursorOf(id: string | undefined): Cursor {
  const [, version, letters] = CURSOR.exec(id ?? '') ?? [];
  return version === undefined ? NOTHING : { version: Number(version), letters: letters ?? '' };
}

/** The events that a reader at `cursor` has not seen, in order, and where it stands after them. */
export function eventsSince(cursor: Cursor, job: JobWithSteps): { events: ServerSentEvent[]; cursor: Cursor } {
  const events: ServerSentEvent[] = [];
  let at = cursor;
  for (const step of job.steps) {
    const letter = LETTERS[step.status];
    if (at.letters[step.position - 1] === letter) continue;
    at = { ...at, letters: replaced(at.letters, step.position - 1, letter) };
    const data = { provisioning_job_id: job.id, ...presentStep(step) };
    events.push({ id: `${at.version}.${at.letters}`, event: 'step', data });
  }
  if (at.version !== job.version) {
    at = { ...at, version: job.version };
    events.push({ id: `${at.version}.${at.letters}`, event: 'job', data: presentJobWithSteps(job) });
  }
  return { events, cursor: at };
}

const replaced = (letters: string, index: number, letter: string): string =>
  letters.padEnd(index, '-').slice(0, index) + letter + letters.slice(index + 1);

/** The stream of a job's events from `cursor` on; undefined when the job is over and the reader has seen all of it. */
export function jobEvents(cursor: Cursor, first: JobWithSteps) {
  if (first.finishedAt !== null && eventsSince(cursor, first).events.length === 0) return undefined;
  const follow =
    (watch: Pick<JobWatch, 'watch'>, jobId: number): EventSource =>
    (sink) => {
      let at = cursor;
      const see = (job: JobWithSteps): void => {
        const since = eventsSince(at, job);
        at = since.cursor;
        since.events.forEach((event) => sink.send(event));
        if (job.finishedAt !== null) sink.end();
      };
      see(first);
      return first.finishedAt === null ? watch.watch(jobId, see) : () => undefined;
    };
  return { follow };
}
