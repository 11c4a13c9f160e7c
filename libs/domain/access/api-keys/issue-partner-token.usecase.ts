import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID, type Permission } from '@isp/contracts';
import { type Clock, addSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { accessErrors } from '../access.errors.js';
import { PARTNER_TOKEN_SECONDS } from '../access.limits.js';
import { RoleQueries } from '../roles/role.queries.js';
import type { IssuedApiKey } from './api-key.view.js';
import { CreateApiKey } from './create-api-key.usecase.js';

/** Whose permissions a token has unless it is given others. */
const ROLE = 'isp';

export interface IssuePartnerTokenInput {
  readonly actor: Actor;
  readonly partnerId: number;
  readonly name: string;
  /** What an ISP's people may do, without keys of its own, when absent. */
  readonly scopes?: readonly Permission[] | undefined;
  /** A year from now when absent: a token that nobody uses any more ends by itself. */
  readonly expiresAt?: Date | undefined;
}

/** Issues a bearer for the wholesale API: an API key that the operator hands to an ISP, shown once. */
@Injectable()
export class IssuePartnerToken {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly create: CreateApiKey,
    private readonly roles: RoleQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DomainError as `CreateApiKey`, and `access.partner.not_found` for the operator: it is no ISP */
  execute({ actor, partnerId, name, scopes, expiresAt }: IssuePartnerTokenInput): Promise<IssuedApiKey> {
    if (partnerId === OPERATOR_PARTNER_ID) throw accessErrors('access.partner.not_found');
    return this.uow.run(actor, async () =>
      this.create.execute({
        actor,
        partnerId,
        name,
        scopes: scopes ?? (await this.usual(actor)),
        reach: 'partner',
        expiresAt: expiresAt ?? addSeconds(this.clock.now(), PARTNER_TOKEN_SECONDS),
      }),
    );
  }

  /** No keys out of a key: whoever finds one shall not be able to make more. */
  private async usual(actor: Actor): Promise<readonly Permission[]> {
    const role = (await this.roles.list(actor)).find(({ name }) => name === ROLE);
    return (role?.permissions ?? []).filter((permission) => !permission.startsWith('api_key.'));
  }
}
