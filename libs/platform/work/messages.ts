import { PRIORITIES, type QueueName } from '@isp/contracts';
import type { CarriedMessage } from './carriers.js';

/** Work that is to be handed over. */
export interface DueWork {
  readonly id: string;
  readonly queue: QueueName;
  readonly priority: number;
  readonly deaths: number;
  /** Whom an event is to be told; null of other work. */
  readonly listener: string | null;
}

/**
 * Messages of `most` pieces of work each. Work that was part of a process's death travels alone, so that it can be run
 * alone. After its second death it waits behind everything else: whoever kills workers again and again must not hit the
 * same piece a third time. What a batched listener handles in one transaction travels together.
 */
export function messagesOf(
  items: readonly DueWork[],
  most: number,
  isBatched: (listener: string) => boolean,
): CarriedMessage[] {
  const messages: CarriedMessage[] = [];
  const groups = new Map<string, CarriedMessage & { readonly ids: string[] }>();
  for (const { id, priority, deaths, listener } of items) {
    if (deaths > 0) {
      const behind = priority + PRIORITIES.length * (deaths - 1);
      messages.push({ ids: [id], priority: behind, deaths, together: false });
      continue;
    }
    const batch = listener !== null && isBatched(listener) ? listener : '';
    const key = `${priority} ${batch}`;
    const open = groups.get(key);
    if (open && open.ids.length < most) open.ids.push(id);
    else {
      const message = { ids: [id], priority, deaths: 0, together: batch !== '' };
      groups.set(key, message);
      messages.push(message);
    }
  }
  return messages;
}
