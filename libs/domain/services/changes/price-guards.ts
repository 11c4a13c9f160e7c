import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';

/** Somebody above who must agree before a service costs something else: whoever collects for it in advance. */
export interface PriceGuard {
  /**
   * Asked in the transaction of the change, before the service is locked. Answers what is to be done once it is made,
   * which throws where the change may not be; undefined where it has no say.
   */
  before(actor: Actor, serviceId: number): Promise<(() => Promise<void>) | undefined>;
}

/** Where guards of prices make themselves known; without any, every change may be. */
@Injectable()
export class PriceGuards {
  private readonly guards: PriceGuard[] = [];

  add(guard: PriceGuard): void {
    this.guards.push(guard);
  }

  /** Makes a change of a service, in the caller's transaction. @throws what a guard throws */
  async around<T>(actor: Actor, serviceId: number, change: () => Promise<T>): Promise<T> {
    const after = [];
    for (const guard of this.guards) after.push(await guard.before(actor, serviceId));
    const changed = await change();
    for (const settle of after) await settle?.();
    return changed;
  }
}
