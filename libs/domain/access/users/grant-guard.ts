import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID, systemActor } from '@isp/contracts';
import { DomainError } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { AuditTrail } from '@isp/domain/audit';
import { accessErrors } from '../access.errors.js';
import { type Grant, mayGrant } from '../roles/grants.policy.js';
import type { RoleGrant } from './user.repository.js';

/** What somebody tried to do beyond their own rights. */
export interface Refusal {
  readonly action: string;
  readonly subject: { readonly type: string; readonly id: string | number };
  readonly changes: Readonly<Record<string, unknown>>;
}

/** Nobody hands out, or takes over, more than they have; and whoever tries is in the audit trail. */
@Injectable()
export class GrantGuard {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws DomainError `access.grant.exceeds_own` */
  assertMayGrant(actor: Actor, grants: readonly Grant[]): void {
    if (!grants.every((grant) => mayGrant(actor, grant))) throw accessErrors('access.grant.exceeds_own');
  }

  /** @throws DomainError `access.role.not_assignable` when a role does not fit a member of the partner */
  assertAssignable(roles: readonly RoleGrant[], partnerId: number): void {
    const unfit = roles.find(
      (role) => role.reach === 'customer' || (role.reach === 'all' && partnerId !== OPERATOR_PARTNER_ID),
    );
    if (unfit) throw accessErrors('access.role.not_assignable', { role: unfit.name });
  }

  /** Runs a use case; a `forbidden` is written to the trail of the one who tried, whatever becomes of the request. */
  async watch<T>(actor: Actor, refusal: Refusal, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'forbidden') await this.record(actor, refusal, error.code);
      throw error;
    }
  }

  private async record(actor: Actor, refusal: Refusal, code: string): Promise<void> {
    await this.uow.outside(() =>
      this.uow.run(systemActor('access'), () => {
        const { action, subject, changes } = refusal;
        this.audit.record({
          actor,
          partnerId: actor.partnerId,
          action,
          subject,
          changes: { ...changes, refused: code },
        });
        return Promise.resolve();
      }),
    );
  }
}
