import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import { SandboxGateway } from '../gateways/sandbox.adapter.js';

const OWN = statement(
  'charges-sandbox-own',
  `SELECT 1 FROM charges WHERE gateway = 'sandbox' AND gateway_reference = $1`,
);

/**
 * Takes the step at the bank that the sandbox's gateway asks for.
 * @throws `billing.charge.no_action`, also for a charge behind another wall; `billing.gateway.not_set_up` unless in a sandbox
 */
@Injectable()
export class ActOnSandboxCharge {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly gateway: SandboxGateway,
  ) {}

  async execute(actor: Actor, reference: string, approve: boolean): Promise<void> {
    const own = await this.uow.read(actor, (tx) => tx.one(OWN, [reference]));
    if (!own || !(await this.gateway.act(reference, approve))) throw billingErrors('billing.charge.no_action');
  }
}
