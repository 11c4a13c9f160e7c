import { Inject, Injectable } from '@nestjs/common';
import { networkErrors } from '../network.errors.js';
import { SUBSCRIBER_DRIVERS, type SubscriberDriver } from './device-driver.port.js';
import { STATUS_DRIVERS, type StatusDriver } from './status-driver.port.js';

/** Which drivers this installation has. */
@Injectable()
export class DriverNames {
  constructor(
    @Inject(SUBSCRIBER_DRIVERS) private readonly subscriber: readonly SubscriberDriver[],
    @Inject(STATUS_DRIVERS) private readonly status: readonly StatusDriver[],
  ) {}

  /** @throws `network.device.driver_unknown` */
  refuseUnknown(named: {
    readonly driver?: string | null | undefined;
    readonly statusDriver?: string | null | undefined;
  }): void {
    refuse('subscriber', this.subscriber, named.driver);
    refuse('status', this.status, named.statusDriver);
  }
}

function refuse(what: string, known: readonly { readonly name: string }[], name: string | null | undefined): void {
  if (name && !known.some((driver) => driver.name === name))
    throw networkErrors('network.device.driver_unknown', { what, name });
}
