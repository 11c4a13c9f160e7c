import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { answering } from './answering.js';
import type { OperationOptions } from './operation-options.js';

export type { OperationOptions };

export const ACCESS_RULE = 'isp:access-rule';
export const OPERATION = 'isp:operation';

/** Declares one API operation: access, documentation, success status. */
export function Operation(options: OperationOptions): MethodDecorator {
  const status = options.status ?? 200;
  return applyDecorators(
    answering(options),
    SetMetadata(ACCESS_RULE, options.access),
    SetMetadata(OPERATION, options),
    HttpCode(status),
    ApiOperation({ summary: options.summary, ...(options.description ? { description: options.description } : {}) }),
    ApiExtension('x-access', options.access),
    ApiExtension('x-errors', options.errors ?? []),
    ...(options.requestExample === undefined ? [] : [ApiExtension('x-request-example', options.requestExample)]),
    ApiResponse({
      status,
      description: options.response ? 'Success' : 'Success, without a body',
      ...(options.response
        ? { content: { [options.contentType ?? 'application/json']: contentOf(options.response, options.example) } }
        : {}),
    }),
  );
}

/** The schema is worked out when somebody asks for the document: most processes are never asked. */
function contentOf(response: z.ZodType, example: unknown) {
  return {
    get schema() {
      const { $schema: _, ...schema } = z.toJSONSchema(response, { io: 'output', unrepresentable: 'any' });
      return schema as never;
    },
    ...(example === undefined ? {} : { example }),
  };
}
