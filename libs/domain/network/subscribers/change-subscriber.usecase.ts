import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';
import type { SubscriberAccess } from '../drivers/device-driver.port.js';

const CHANGE = statement(
  'subscribers-change',
  `UPDATE subscribers SET access = coalesce($2, access), bandwidth_profile = coalesce($3, bandwidth_profile),
          download_kbps = coalesce($4, download_kbps), upload_kbps = coalesce($5, upload_kbps),
          throttled = coalesce($6, throttled), desired_version = desired_version + 1, changed_at = now(),
          convergence = 'pending', convergence_error = NULL, updated_at = now()
    WHERE service_id = $1
      AND (access, bandwidth_profile, download_kbps, upload_kbps, throttled) IS DISTINCT FROM
          (coalesce($2, access), coalesce($3, bandwidth_profile), coalesce($4, download_kbps), coalesce($5, upload_kbps),
           coalesce($6, throttled))`,
);

export interface ChangeSubscriberInput {
  readonly serviceId: number;
  readonly access?: SubscriberAccess;
  readonly profile?: { readonly name: string; readonly downloadKbps: number; readonly uploadKbps: number };
  /** Set while a fair-use limit holds the rate below the profile's. */
  readonly throttled?: boolean;
}

/**
 * Changes what the network is to do for a service, in the caller's transaction, and promises that it will: one
 * transaction holds the commercial change, the wish and the work, so that the ledger and the network cannot part.
 * A service that was never provisioned has no subscriber, and nothing happens.
 */
@Injectable()
export class ChangeSubscriber {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly work: WorkQueue,
  ) {}

  /** Answers whether anything is to change on the network. */
  async execute({ serviceId, access, profile, throttled }: ChangeSubscriberInput): Promise<boolean> {
    const changed = await this.uow.tx.execute(CHANGE, [
      serviceId,
      access ?? null,
      profile?.name ?? null,
      profile?.downloadKbps ?? null,
      profile?.uploadKbps ?? null,
      throttled ?? null,
    ]);
    if (changed === 0) return false;
    this.work.enqueueOnCommit('network.converge', { service_id: serviceId }, { dedupeKey: String(serviceId) });
    return true;
  }
}
