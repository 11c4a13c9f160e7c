import { createParamDecorator, type ExecutionContext, type RouteParamMetadata } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { FastifyReply } from 'fastify';
import type { CallerRequest, Exchange } from './caller.js';
import { type InputSchema, checkedInput } from './checked-input.js';
import type { OperationOptions } from './operation-options.js';

type Handler = (...values: unknown[]) => unknown;

interface Parameter extends RouteParamMetadata {
  readonly schema?: InputSchema;
}

const Meeting = createParamDecorator((_: unknown, context: ExecutionContext): Exchange => {
  const http = context.switchToHttp();
  return { request: http.getRequest<CallerRequest>(), reply: http.getResponse<FastifyReply>() };
});

/**
 * Puts a handler behind the checks of its input and in front of `Answers`. What pipes and an interceptor would do as well,
 * with an observable, a promise or five and a context each of every request (ADR 40).
 */
export function answering(operation: OperationOptions): MethodDecorator {
  return (target, key, descriptor) => {
    const handler = descriptor.value as Handler;
    const declared = Reflect.getMetadata(ROUTE_ARGS_METADATA, target.constructor, key) as
      Record<string, Parameter> | undefined;
    // In the order in which Nest would apply pipes: it decides which of two complaints is heard.
    const parameters = Object.values(declared ?? {});
    const checks = parameters.flatMap(({ index, data, schema }) =>
      schema ? [{ index, schema, place: typeof data === 'string' ? data : '' }] : [],
    );
    const last = Math.max(-1, ...parameters.map(({ index }) => index)) + 1;
    Meeting()(target, key, last);
    const answer = function (this: unknown, ...values: unknown[]): Promise<unknown> {
      const exchange = values[last] as Exchange;
      const run = (): unknown => {
        const checked = values.slice(0, last);
        for (const { index, schema, place } of checks) checked[index] = checkedInput(schema, values[index], place);
        return handler.apply(this, checked);
      };
      return exchange.request.answers.give(exchange, operation, run);
    };
    for (const name of Reflect.getMetadataKeys(handler))
      Reflect.defineMetadata(name, Reflect.getMetadata(name, handler), answer);
    Object.defineProperty(answer, 'name', { value: handler.name });
    Object.assign(descriptor, { value: answer });
  };
}
