import { Injectable } from '@nestjs/common';
import { billingErrors } from '../billing.errors.js';
import { SandboxGateway, type SandboxStep } from '../gateways/sandbox.adapter.js';

/**
 * The step at the bank that the sandbox's gateway asks for. Whoever was sent there has the reference, which nobody
 * guesses, and no account with us.
 */
@Injectable()
export class ActOnSandboxCharge {
  constructor(private readonly gateway: SandboxGateway) {}

  /** @throws `billing.charge.no_action`; `billing.gateway.not_set_up` unless in a sandbox */
  async look(reference: string): Promise<SandboxStep> {
    const step = await this.gateway.look(reference);
    if (!step) throw billingErrors('billing.charge.no_action');
    return step;
  }

  /** @throws as `look`, and `billing.charge.no_action` when it was taken */
  async execute(reference: string, approve: boolean): Promise<void> {
    if (!(await this.gateway.act(reference, approve))) throw billingErrors('billing.charge.no_action');
  }
}
