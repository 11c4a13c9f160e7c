import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { CustomerView } from '@isp/domain/customers';
import { CpeSettings } from '@isp/domain/network';
import { type ProductQuote, ProductSales } from '@isp/domain/offers';
import { PartnerQueries } from '@isp/domain/partners';
import { PremiseOccupancy, type PremiseView } from '@isp/domain/premises';
import { type InstallationAddress, OrderInternetService, type ServiceView } from '@isp/domain/services';
import { failPoint } from '@isp/platform/fail-points';
import { OrderBook } from './order-book.js';
import type { OrderView } from './order.view.js';
import { type OrderFields, about } from './refusals.js';

export interface LineInput {
  readonly actor: Actor;
  readonly customer: CustomerView;
  /** Locked. */
  readonly premise: PremiseView;
  readonly quote: ProductQuote;
  readonly fields: OrderFields;
  readonly ispReference: string | undefined;
}

/** Everything that an order makes, in the caller's transaction. */
@Injectable()
export class OrderedLine {
  constructor(
    private readonly partners: PartnerQueries,
    private readonly services: OrderInternetService,
    private readonly sales: ProductSales,
    private readonly occupancy: PremiseOccupancy,
    private readonly cpe: CpeSettings,
    private readonly book: OrderBook,
  ) {}

  async make(input: LineInput): Promise<OrderView> {
    const { actor, customer, premise, quote, fields, ispReference } = input;
    failPoint('ordering.before-service');
    const service = await this.service(input);
    const { id: serviceId, partnerId, customerId } = service;
    await about('promotion', fields, () => this.sales.record(actor, quote, { serviceId, customerId }));
    const occupant = { premiseId: premise.id, partnerId, customerId, customerGuid: customer.guid, serviceId };
    await about('premise', fields, () => this.occupancy.occupy(occupant));
    const { name: sellerName } = await this.partners.get(actor, partnerId);
    await this.cpe.make({ id: serviceId, partnerId, customerId, sellerName });
    failPoint('ordering.before-work-order');
    const order = await this.book.place(actor, service, { premise, productGuid: quote.productGuid, ispReference });
    failPoint('ordering.after-order');
    return order;
  }

  private service({ actor, customer, premise, quote, fields }: LineInput): Promise<ServiceView> {
    const { planId } = quote;
    const terms = { planId, installationAddress: addressOf(premise) };
    return about('customer', fields, () => this.services.execute({ actor, customerId: customer.id, ...terms }));
  }
}

/** The premise as an address to send somebody to. */
function addressOf(premise: PremiseView): InstallationAddress {
  const { mduUnit, mduFloor, mduBlock, mduName, plotNumber, streetNumber, streetName } = premise;
  const road = [streetNumber, streetName].filter(Boolean).join(' ');
  const street = [mduUnit, mduFloor, mduBlock, mduName, plotNumber, road].filter(Boolean).join(', ');
  return {
    street: street === '' ? premise.fullText : street,
    city: premise.city ?? premise.suburb ?? '',
    zip: premise.postalCode ?? '',
    ...(premise.province === null ? {} : { state: premise.province }),
    ...(premise.countryCode === null ? {} : { country: premise.countryCode }),
  };
}
