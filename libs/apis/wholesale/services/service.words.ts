import type { ServiceStatus } from '@isp/domain/services';

interface Words {
  readonly id: number;
  readonly text: string;
}

const WORDS: Readonly<Record<Exclude<ServiceStatus, 'terminated'>, Words>> = {
  pending_activation: { id: 2, text: 'Pending installation' },
  provisioning: { id: 3, text: 'Provisioning' },
  active: { id: 4, text: 'Active' },
  suspended: { id: 5, text: 'Suspended' },
  failed: { id: 6, text: 'Failed' },
};
const CANCELLED: Words = { id: 7, text: 'Cancelled' };
const TERMINATED: Words = { id: 8, text: 'Terminated' };

/** A service that ended before it ever worked was cancelled; one that worked was terminated. */
export function wordsOf(line: { readonly status: ServiceStatus; readonly activatedAt: Date | null }): Words {
  if (line.status !== 'terminated') return WORDS[line.status];
  return line.activatedAt === null ? CANCELLED : TERMINATED;
}

export const SERVICE_STATUS_WORDS = [...Object.values(WORDS), CANCELLED, TERMINATED].map(({ text }) => text);

/** What to look for when a status is asked for by its word. */
export function filterOf(word: string | undefined): { status?: ServiceStatus; worked?: boolean } {
  if (word === undefined) return {};
  if (word === CANCELLED.text) return { status: 'terminated', worked: false };
  if (word === TERMINATED.text) return { status: 'terminated', worked: true };
  const [status] = Object.entries(WORDS).find(([, { text }]) => text === word) ?? [];
  return { status: status as ServiceStatus };
}
