import { describe, expect, it } from '@jest/globals';
import { EVENTS, type EventName } from '@isp/contracts';
import { z } from 'zod';
import { EVENT_NAMES, EVENT_TYPES, TEST_EVENT, isSubscribable, publicFactOf } from './event-catalogue.js';

/** A payload that fits the schema: numbers count up, texts name their field. */
function sampleOf(name: EventName): never {
  const schema = z.toJSONSchema(EVENTS[name]) as { properties: Record<string, { type: string }> };
  const fields = Object.entries(schema.properties).map(([field, { type }], index) => [
    field,
    type === 'integer' ? index + 1 : field,
  ]);
  return EVENTS[name].parse(Object.fromEntries(fields)) as never;
}

describe('the public event catalogue', () => {
  it('has a public face for every event of the program', () => {
    const types = EVENT_NAMES.map((name) => publicFactOf(name, sampleOf(name))?.type);
    expect(new Set(types).size).toBe(Object.keys(EVENTS).length);
    for (const type of types) expect(EVENT_TYPES.map((one) => one.type)).toContain(type);
  });

  it('gives a customer event exactly the fields of the contract', () => {
    const payload = {
      customer_id: 123,
      name: 'John Doe',
      email: 'john@example.com',
      portal_id: '10003456',
      partner_id: 1,
      sequence: 4,
    };
    expect(publicFactOf('customers.customer.created.v1', payload)).toEqual({
      type: 'customer.created',
      resourceType: 'customer',
      resourceId: '123',
      sequence: 4,
      data: { customer_id: 123, name: 'John Doe', email: 'john@example.com', portal_id: '10003456', partner_id: 1 },
    });
  });

  it('lets endpoints subscribe to listed types and to all, nothing else', () => {
    expect(isSubscribable('*')).toBe(true);
    expect(isSubscribable('service.activated')).toBe(true);
    for (const type of [TEST_EVENT, 'customer', 'customer.*', 'customers.customer.created.v1', ''])
      expect(isSubscribable(type)).toBe(false);
  });
});
