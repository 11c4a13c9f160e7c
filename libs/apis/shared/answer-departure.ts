import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** What is to happen once it is known what became of an answer; neither may reject. */
export interface Departed {
  /** Its last byte was handed to the network. */
  readonly left: () => Promise<void>;
  /** The caller went away first, or got a refusal after all. */
  readonly lost: () => Promise<void>;
}

/** Calls one of the two, once, when the answer to this request is over. */
export type AnswerDeparture = (departed: Departed) => void;

/** For answers that change something by being read: what never left was never read. */
export const OnDeparture = createParamDecorator((_: unknown, context: ExecutionContext): AnswerDeparture => {
  const { raw } = context.switchToHttp().getResponse<FastifyReply>();
  return ({ left, lost }) => {
    // Nobody waits any more: there is no event to come.
    if (raw.destroyed) return void lost();
    let answered = false;
    raw.once('finish', () => {
      answered = raw.statusCode < 300;
    });
    raw.once('close', () => void (answered ? left() : lost()));
  };
});
