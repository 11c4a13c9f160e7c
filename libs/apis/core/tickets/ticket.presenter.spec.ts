import { expect, it } from '@jest/globals';
import { presentStep } from './ticket.presenter.js';

it('a step of the history names what changed as the ticket does', () => {
  const resolvedAt = [null, '2025-01-29T12:00:00.000Z'];
  const shown = presentStep({
    id: '41',
    action: 'resolve',
    from: 'open',
    to: 'resolved',
    changes: { status: ['open', 'resolved'], resolvedAt, escalationLevel: [0, 1] },
    reason: null,
    actor: 'user:3',
    at: new Date('2025-01-29T12:00:00Z'),
  });
  expect(shown).toEqual({
    id: '41',
    action: 'resolve',
    from: 'open',
    to: 'resolved',
    changes: { status: ['open', 'resolved'], resolved_at: resolvedAt, escalation_level: [0, 1] },
    reason: null,
    actor: 'user:3',
    at: '2025-01-29T12:00:00Z',
  });
});
