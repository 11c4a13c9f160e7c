import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { CreateCustomer, CustomerQueries, type CustomerView } from '@isp/domain/customers';
import { type ProductQuote, QuoteProduct } from '@isp/domain/offers';
import { PremiseOccupancy, type PremiseName, type PremiseView } from '@isp/domain/premises';
import { UnitOfWork } from '@isp/platform/database';
import { OrderedLine } from './ordered-line.js';
import type { OrderView } from './order.view.js';
import { type OrderFields, about } from './refusals.js';

/** A customer by its guid; without one the partner's customer with that e-mail address, or else a new one. */
export type OrderCustomer =
  | { readonly guid: string }
  | {
      readonly firstName: string;
      readonly lastName: string;
      readonly email: string;
      readonly phone: string;
      readonly username?: string | undefined;
    };

export interface PlaceOrderInput {
  readonly actor: Actor;
  readonly customer: OrderCustomer;
  readonly premise: PremiseName;
  readonly productGuid: string;
  readonly promoCode?: string | undefined;
  readonly ispReference?: string | undefined;
  readonly fields: OrderFields;
}

export interface PlacedOrder {
  readonly order: OrderView;
  readonly customerGuid: string;
  readonly premise: PremiseView;
}

/**
 * Orders a line on a premise for a customer: the service, its sale, its WiFi, its place and its installation are made in
 * one transaction, or nothing is. Of any number that order on one premise at once, one gets it.
 * @throws `ordering.order.refused` with the part of the order that is refused, and the reason
 */
@Injectable()
export class PlaceOrder {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly customers: CustomerQueries,
    private readonly create: CreateCustomer,
    private readonly occupancy: PremiseOccupancy,
    private readonly quotes: QuoteProduct,
    private readonly line: OrderedLine,
  ) {}

  execute(input: PlaceOrderInput): Promise<PlacedOrder> {
    const { actor, fields, ispReference } = input;
    return this.uow.run(actor, async () => {
      // Of a customer that there is the refusal comes first; a new one is made when nothing else is in the way.
      const known = await about('customer', fields, () => this.known(input));
      const { premise } = await about('premise', fields, () => this.occupancy.lockForOrder(input.premise));
      const quote = await this.quote(input, premise);
      const customer = known ?? (await about('customer', fields, () => this.newcomer(input)));
      const order = await this.line.make({ actor, customer, premise, quote, fields, ispReference });
      return { order, customerGuid: customer.guid, premise };
    });
  }

  private known({ actor, customer }: PlaceOrderInput): Promise<CustomerView | undefined> {
    if ('guid' in customer) return this.customers.getByGuid(actor, customer.guid);
    return this.customers.findByEmail(actor, customer.email);
  }

  private newcomer({ actor, customer }: PlaceOrderInput): Promise<CustomerView> {
    if ('guid' in customer) return this.customers.getByGuid(actor, customer.guid);
    const name = `${customer.firstName} ${customer.lastName}`;
    return this.create.execute({ actor, ...customer, name, partnerId: actor.partnerId });
  }

  private quote(input: PlaceOrderInput, { latitude, longitude }: PremiseView): Promise<ProductQuote> {
    const { actor, productGuid, promoCode, fields } = input;
    const { partnerId } = actor;
    const asked = { actor, partnerId, productGuid, latitude, longitude };
    const plain = () => this.quotes.execute(asked);
    return about('product', fields, plain).then((quote) =>
      promoCode === undefined ? quote : about('promotion', fields, () => this.quotes.execute({ ...asked, promoCode })),
    );
  }
}
