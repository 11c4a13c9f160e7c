import { Controller, Get, Headers, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Answer, CurrentActor, JsonBody, Operation, PAGE_HEADERS, PathParam } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { ActOnSandboxCharge, type DeclineCodeView, DeclineCodes, ReceiveGatewayEvent } from '@isp/domain/billing';
import { toIsoSeconds } from '@isp/kernel';
import { z } from 'zod';
import * as schema from './gateway-charge.schema.js';
import { sandboxStepPage } from './sandbox-step.page.js';

@ApiTags('Payment gateways')
@Controller('v1')
export class GatewaysController {
  constructor(
    private readonly receive: ReceiveGatewayEvent,
    private readonly action: ActOnSandboxCharge,
    private readonly codes: DeclineCodes,
  ) {}

  @Post('payments/gateways/:gateway/webhook')
  @Operation({
    access: 'public',
    summary: 'Take a callback of a payment gateway',
    description:
      'For gateways alone: `Stripe-Signature` (`t=…,v1=…`) over the exact bytes, at most 5 minutes old. A callback that ' +
      'comes again changes nothing; what it is about is asked of the gateway afterwards, so that order does not matter.',
    response: schema.receivedShape,
    example: { received: true },
    errors: ['unauthenticated', 'not_found', 'unprocessable'],
    unlimited: true,
  })
  async webhook(
    @PathParam('gateway', schema.gatewayName) gateway: string,
    @Headers('stripe-signature') signature: string | undefined,
    @JsonBody(schema.signedBody) bytes: string,
  ) {
    await this.receive.execute(gateway, Buffer.from(bytes, 'latin1'), signature ?? '');
    return { received: true };
  }

  @Get('billing/sandbox-actions/:reference')
  @Operation({
    access: 'public',
    summary: 'Look at the step that the sandbox’s gateway asks for',
    description:
      'The page of a bank, for browsers: `action_url` of a charge leads here. Only a sandbox has such a gateway.',
    contentType: 'text/html',
    response: z.string(),
    example: '<!doctype html>…',
    errors: ['not_found', 'unprocessable'],
  })
  async look(@PathParam('reference', schema.gatewayReference) reference: string) {
    const body = sandboxStepPage(await this.action.look(reference));
    return new Answer(body, { ...PAGE_HEADERS, 'content-type': 'text/html; charset=utf-8' });
  }

  @Post('billing/sandbox-actions/:reference')
  @Operation({
    access: 'public',
    summary: 'Take the step that the sandbox’s gateway asks for',
    description:
      'What a payer does at its bank, who has nothing but the address that it was sent to. Only a sandbox has such a gateway.',
    status: 204,
    requestExample: { approve: true },
    errors: ['not_found', 'unprocessable'],
  })
  async act(
    @PathParam('reference', schema.gatewayReference) reference: string,
    @JsonBody(schema.actionBody) { approve }: schema.ActionBody,
  ) {
    await this.action.execute(reference, approve);
  }

  @Get('billing/decline-codes')
  @Operation({
    access: 'payment_method.read',
    summary: 'List what follows when a gateway refuses',
    response: schema.declineCodesShape,
    example: { decline_codes: [schema.declineCodeExample] },
  })
  async listCodes(@CurrentActor() actor: Actor) {
    return { decline_codes: (await this.codes.list(actor)).map(present) };
  }

  @Put('billing/decline-codes/:code')
  @Operation({
    access: 'payment.manage',
    summary: 'Say what follows a decline code',
    description: 'Hours until each repetition; none: never by itself. `*` is every code that is not listed.',
    response: schema.declineCodeShape,
    example: schema.declineCodeExample,
    requestExample: { description: 'Not enough money', retry_hours: [72, 120, 168], refuses_method: false },
    errors: ['not_found'],
  })
  async setCode(
    @CurrentActor() actor: Actor,
    @PathParam('code', schema.declineCode) code: string,
    @JsonBody(schema.declineCodeBody) body: schema.DeclineCodeBody,
  ) {
    const { description, retry_hours: retryHours, refuses_method: refusesMethod } = body;
    return present(await this.codes.set(actor, { code, description, retryHours, refusesMethod }));
  }
}

function present({ code, description, retryHours, refusesMethod, updatedAt }: DeclineCodeView) {
  return {
    code,
    description,
    retry_hours: retryHours,
    refuses_method: refusesMethod,
    updated_at: toIsoSeconds(updatedAt),
  };
}
