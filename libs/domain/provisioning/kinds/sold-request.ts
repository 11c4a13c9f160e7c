import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { StaticAddresses } from '@isp/domain/network';
import { type ServiceView, SoldProfile, StaticAddressBook } from '@isp/domain/services';
import type { ProvisioningRequest } from '../jobs/job.view.js';

const ACTOR = systemActor('provisioning');

/** What an order says of a service's place, made whole by what was sold. In the caller's transaction. */
@Injectable()
export class SoldRequest {
  constructor(
    private readonly profiles: SoldProfile,
    private readonly addresses: StaticAddresses,
    private readonly book: StaticAddressBook,
  ) {}

  /** What was sold where the order says nothing; a static address is not the order's to say. */
  async of(request: ProvisioningRequest, service: ServiceView): Promise<ProvisioningRequest> {
    const bandwidthProfile = request.bandwidthProfile ?? (await this.profiles.nameOf(service));
    const agreed = await this.book.agreed(service);
    if (agreed === null) return { ...request, bandwidthProfile };
    return { ...request, bandwidthProfile, ipAssignment: await this.addresses.assignment(agreed) };
  }

  /** The address that the service got is its own for good, if that was sold. */
  keep(service: ServiceView): Promise<void> {
    return this.book.follow(ACTOR, service);
  }
}
