import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Header, Get } from '@nestjs/common';
import { HEADERS_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { z } from 'zod';
import type { Exchange } from './caller.js';
import { checkedInput } from './checked-input.js';
import { JsonBody, PathParam } from './input.js';
import { Operation } from './operation.js';

const body = z.strictObject({ name: z.string() });

class Things {
  readonly heard: unknown[] = [];

  @Get('things/:id')
  @Operation({ access: 'public', summary: 'A thing' })
  @Header('x-thing', 'yes')
  thing(
    @PathParam('id', z.string().regex(/^\d+$/, 'must be digits').transform(Number)) id: number,
    @JsonBody(body) content: z.infer<typeof body>,
    ...rest: unknown[]
  ) {
    this.heard.push(id, content, ...rest);
    return { id };
  }
}

const exchange = () => {
  const answers = { give: async (_: Exchange, __: unknown, run: () => unknown) => run() };
  return { request: { answers }, reply: {} };
};
const call = (things: Things, ...values: unknown[]) =>
  things.thing(...(values as [number, { name: string }])) as unknown as Promise<unknown>;

describe('answering', () => {
  it('gives a handler what the schemas make of its input, and nothing of its own', async () => {
    const things = new Things();
    expect(await call(things, '7', { name: 'seven' }, exchange())).toEqual({ id: 7 });
    expect(things.heard).toEqual([7, { name: 'seven' }]);
  });

  it('names the field, or the parameter itself, of every complaint', async () => {
    const things = new Things();
    const code = 'http.request.invalid';
    await expect(call(things, 'x', { name: 'seven' }, exchange())).rejects.toMatchObject({
      ...{ code, details: [{ field: 'id', message: 'must be digits' }] },
    });
    await expect(call(things, '7', { name: 'seven', age: 1 }, exchange())).rejects.toMatchObject({
      ...{ code, details: [{ field: 'age', message: 'Unknown field' }] },
    });
    expect(things.heard).toEqual([]);
  });

  it('keeps what other decorators say of the handler, on either side of it', () => {
    const thing = Object.getOwnPropertyDescriptor(Things.prototype, 'thing')?.value as { name: string };
    expect(Reflect.getMetadata(PATH_METADATA, thing)).toBe('things/:id');
    expect(Reflect.getMetadata(HEADERS_METADATA, thing)).toEqual([{ name: 'x-thing', value: 'yes' }]);
    expect(thing.name).toBe('thing');
    expect(Object.keys(Reflect.getMetadata(ROUTE_ARGS_METADATA, Things, 'thing') as object)).toHaveLength(3);
  });

  it('refuses a schema that waits', () => {
    const waiting = z.string().refine(async () => Promise.resolve(true));
    expect(() => checkedInput(waiting, 'x', '')).toThrow('Promise');
  });

  it('passes on what a schema throws, once', async () => {
    let thrown = 0;
    const refusing = z.string().transform((): never => {
      thrown += 1;
      throw new RangeError('nobody knows it');
    });
    expect(() => checkedInput(refusing, 'x', '')).toThrow('nobody knows it');
    // A second try whose failure nobody hears would end the process.
    await new Promise((resolve) => setImmediate(resolve));
    expect(thrown).toBe(1);
  });
});
