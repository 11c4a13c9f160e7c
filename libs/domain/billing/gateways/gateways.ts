import { Inject, Injectable } from '@nestjs/common';
import { billingErrors } from '../billing.errors.js';
import { PAYMENT_GATEWAYS, type PaymentGateway } from './payment-gateway.port.js';

/** The gateways by their names. */
@Injectable()
export class Gateways {
  constructor(@Inject(PAYMENT_GATEWAYS) private readonly all: readonly PaymentGateway[]) {}

  /** @throws `billing.gateway.not_found` */
  get(name: string): PaymentGateway {
    const gateway = this.all.find((one) => one.name === name);
    if (!gateway) throw billingErrors('billing.gateway.not_found');
    return gateway;
  }
}
