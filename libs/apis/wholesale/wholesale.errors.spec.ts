import { describe, expect, it } from '@jest/globals';
import { DomainError, type ErrorKind, type FieldIssue } from '@isp/kernel';
import { z } from 'zod';
import { everyError, everyKind } from '../../../test/support/error-tables.js';
import { wholesaleErrorRenderer } from './wholesale.errors.js';

const words = z.array(z.string().min(1)).min(1);
const badRequest = z.strictObject({
  code: z.literal(400),
  errors: z.record(z.string().min(1), words),
  full_errors: words,
});
const other = z.strictObject({ code: z.int().min(401).max(599), errors: words });

const error = (kind: ErrorKind, details: readonly FieldIssue[] = [], code = 'spec.spec') =>
  new DomainError(code, kind, 'A refusal.', { details });
const render = (thrown: DomainError) => wholesaleErrorRenderer.render(thrown, 'request-1');

describe('the errors of the wholesale API', () => {
  it('renders every kind and every code in its dialect', async () => {
    const errors = [...everyKind(), ...(await everyError())];
    expect(errors.length).toBeGreaterThan(100);
    for (const thrown of errors) {
      const { status, body } = render(thrown);
      const shape = status === 400 ? badRequest : other;
      expect([thrown.code, shape.safeParse(body).error]).toEqual([thrown.code, undefined]);
      expect(body).toHaveProperty('code', status);
    }
  });

  it('says the words of the documents', () => {
    expect(render(error('unauthenticated')).body).toEqual({ code: 401, errors: ['Not Authenticated'] });
    expect(render(error('not_found')).body).toEqual({ code: 404, errors: ['not found'] });
    expect(render(error('conflict', [{ field: 'email', message: 'is already taken' }]))).toEqual({
      status: 400,
      body: { code: 400, errors: { email: ['is already taken'] }, full_errors: ['email is already taken'] },
    });
  });

  it('names fields without the envelope, and gathers what is said about one', () => {
    const details = [
      { field: 'customer.email', message: 'Invalid email format' },
      { field: 'customer.password', message: 'must have at least 12 characters' },
      { field: 'customer.password', message: 'Unknown field' },
      { field: 'customer.id', message: 'is not known' },
      { field: '', message: 'is required' },
    ];
    expect(render(error('validation', details)).body).toEqual({
      code: 400,
      errors: {
        email: ['is not a valid e-mail address'],
        password: ['is too short (minimum is 12 characters)', 'is not a known field'],
        'customer.id': ['is not known'],
        base: ['is required'],
      },
      full_errors: [
        'email is not a valid e-mail address',
        'password is too short (minimum is 12 characters)',
        'password is not a known field',
        'customer.id is not known',
        'is required',
      ],
    });
  });

  it('calls a refusal without a field by its message', () => {
    expect(render(error('unprocessable')).body).toEqual({
      code: 400,
      errors: { base: ['A refusal.'] },
      full_errors: ['A refusal.'],
    });
  });

  it.each([
    ['unprocessable', 'platform.idempotency.key_reused', 422],
    ['conflict', 'platform.idempotency.in_progress', 409],
    ['conflict', 'customers.email.taken', 400],
    ['rate_limited', 'http.rate_limited', 429],
    ['timeout', 'network.device.silent', 504],
  ] as const)('answers %s %s with %i', (kind, code, status) =>
    expect(render(error(kind, [], code)).status).toBe(status),
  );

  it('says nothing of the inside', () => expect(JSON.stringify(render(error('internal')))).not.toContain('A refusal.'));
});
