import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { CallerRequest } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';

/** The caller as the partner that it belongs to: on this API also the operator's staff sees its own partner only. */
export const CurrentIsp = createParamDecorator((_: unknown, context: ExecutionContext): Actor | undefined => {
  const actor = context.switchToHttp().getRequest<CallerRequest>().caller?.actor;
  return actor && ispOf(actor);
});

function ispOf(actor: Actor): Actor {
  return actor.reach === 'all' ? { ...actor, reach: 'partner' } : actor;
}
