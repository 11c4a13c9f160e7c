import type { OnApplicationShutdown } from '@nestjs/common';
import { QUEUES, type QueueName } from '@isp/contracts';
import type { Queue } from 'bullmq';

const FEW = 8;
const SEND_TIMEOUT_MS = 3_000;

export interface CarriedMessage {
  readonly ids: readonly string[];
  readonly priority: number;
  /** How many deaths of processes the work took part in when it was handed over; if any, it is run alone. */
  readonly deaths: number;
  /** Whether all of it is of one batched listener: it is run in one transaction and takes the place of one piece. */
  readonly together: boolean;
}

/** The BullMQ queues as carriers: a message names a handful of work items, nothing more. */
export class Carriers implements OnApplicationShutdown {
  private readonly queues: ReadonlyMap<QueueName, Queue>;

  /** The queues in the order of QUEUES. */
  constructor(queues: readonly Queue[]) {
    this.queues = new Map(QUEUES.map((name, index) => [name, queues[index] as Queue]));
    for (const queue of this.queues.values()) queue.on('error', () => undefined);
  }

  get all(): readonly Queue[] {
    return [...this.queues.values()];
  }

  /** What is most urgent is there first: a worker that waits would begin with whatever comes. */
  async send(name: QueueName, messages: readonly CarriedMessage[]): Promise<void> {
    const queue = this.queues.get(name) as Queue;
    const priorities = [...new Set(messages.map(({ priority }) => priority))].sort((one, other) => one - other);
    for (const priority of priorities) {
      await add(
        queue,
        messages.filter((message) => message.priority === priority),
      );
    }
  }

  /** Whether the queue's store answers; for readiness. */
  async ping(): Promise<void> {
    await withTimeout((this.queues.get('events') as Queue).getJobCounts('waiting'), SEND_TIMEOUT_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.all.map((queue) => withTimeout(queue.close(), SEND_TIMEOUT_MS)));
  }
}

async function add(queue: Queue, messages: readonly CarriedMessage[]): Promise<void> {
  const bulk = messages.map(({ ids, priority, deaths, together }) => ({
    name: 'work',
    data: { ids, deaths, ...(together ? { together } : {}) },
    opts: { priority },
  }));
  // On PostgreSQL a bulk makes temporary tables, which costs as much as some ten single messages.
  const sent =
    bulk.length > FEW ? queue.addBulk(bulk) : Promise.all(bulk.map((one) => queue.add(one.name, one.data, one.opts)));
  await withTimeout<unknown>(sent, SEND_TIMEOUT_MS);
}

/** Fails after `ms`; the late answer is ignored. */
export async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
