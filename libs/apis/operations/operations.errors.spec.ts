import { describe, expect, it } from '@jest/globals';
import { STATUS_OF_KIND } from '@isp/apis/shared';
import { DomainError } from '@isp/kernel';
import { z } from 'zod';
import { everyError, everyKind } from '../../../test/support/error-tables.js';
import { operationsErrorRenderer } from './operations.errors.js';

const shape = z.strictObject({ detail: z.string().min(1) });

describe('the errors of the operations API', () => {
  it('renders every kind and every code as one sentence', async () => {
    const errors = [...everyKind(), ...(await everyError())];
    expect(errors.length).toBeGreaterThan(100);
    for (const thrown of errors) {
      const { status, body } = operationsErrorRenderer.render(thrown, 'request-1');
      expect([thrown.code, shape.safeParse(body).error, status]).toEqual([
        thrown.code,
        undefined,
        STATUS_OF_KIND[thrown.kind],
      ]);
    }
  });

  it('names the fields that are wrong', () => {
    const details = [
      { field: 'limit', message: 'must be positive' },
      { field: '', message: 'Too much' },
    ];
    const error = new DomainError('spec.spec', 'validation', 'Invalid', { details });
    expect(operationsErrorRenderer.render(error, 'request-1').body).toEqual({
      detail: 'limit: must be positive; Too much',
    });
  });

  it('says nothing of the inside', () => {
    const error = new DomainError('spec.spec', 'internal', 'A stored secret cannot be read.');
    expect(operationsErrorRenderer.render(error, 'request-1').body).toEqual({ detail: 'Internal Server Error' });
  });
});
