import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { historyValues, noted, parameters } from './service-history.js';
import type { Service } from './service.entity.js';
import { serviceErrors } from './service.errors.js';
import { SERVICE_COLUMNS, type ServiceView } from './service.view.js';

const INSERT = statement(
  'services-insert',
  `WITH moved AS (
     INSERT INTO services (partner_id, customer_id, bundle_id, service_type, plan_id, plan_version, download_mbps, upload_mbps, data_limit_gb,
       static_ip, phone_number, number_porting, features, monthly_amount, activation_amount, currency, installation_address,
       scheduled_activation, notes)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
     RETURNING *, NULL AS moved_from, NULL AS operated_from),
   ${noted(parameters(20))}
   SELECT ${SERVICE_COLUMNS} FROM moved s`,
);
const LOCK = statement('services-lock', `SELECT ${SERVICE_COLUMNS} FROM services s WHERE s.id = $1 FOR NO KEY UPDATE`);
// Always in the same order, so that two transactions over one bundle cannot deadlock.
const LOCK_PARTS = statement(
  'services-lock-parts',
  `SELECT ${SERVICE_COLUMNS} FROM services s WHERE s.partner_id = $1 AND s.bundle_id = $2 AND s.status <> 'terminated'
    ORDER BY s.id FOR NO KEY UPDATE`,
);
const SAVE = statement(
  'services-save',
  `UPDATE services s SET plan_id = $2, plan_version = $13, download_mbps = $3, upload_mbps = $4, data_limit_gb = $5, static_ip = $6,
          static_address = $7, monthly_amount = $8, installation_address = $9, scheduled_activation = $10, notes = $11,
          suspended_for = $12, version = version + 1, updated_at = now()
    WHERE id = $1 RETURNING ${SERVICE_COLUMNS}`,
);

export type NewService = Pick<
  Service,
  | 'partnerId'
  | 'customerId'
  | 'bundleId'
  | 'serviceType'
  | 'planId'
  | 'planVersion'
  | 'downloadMbps'
  | 'uploadMbps'
  | 'dataLimitGb'
  | 'staticIp'
  | 'phoneNumber'
  | 'numberPorting'
  | 'features'
  | 'monthlyAmount'
  | 'activationAmount'
  | 'currency'
  | 'installationAddress'
  | 'scheduledActivation'
  | 'notes'
>;

const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

@Injectable()
export class ServiceRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** @throws `services.number.taken` */
  async insert(actor: Actor, made: NewService): Promise<ServiceView> {
    const values = [
      made.partnerId,
      made.customerId,
      made.bundleId,
      made.serviceType,
      made.planId,
      made.planVersion,
      made.downloadMbps,
      made.uploadMbps,
      made.dataLimitGb,
      made.staticIp,
      made.phoneNumber,
      json(made.numberPorting),
      json(made.features),
      made.monthlyAmount,
      made.activationAmount,
      made.currency,
      json(made.installationAddress),
      made.scheduledActivation,
      made.notes,
      ...historyValues(actor),
    ];
    try {
      return (await this.uow.tx.one<ServiceView>(INSERT, values)) as ServiceView;
    } catch (error) {
      if (violatedConstraint(error) === 'services_phone_number') throw serviceErrors('services.number.taken');
      throw error;
    }
  }

  /** The service, locked until the transaction ends. @throws `services.service.not_found`, `services.service.stale` */
  async lock(id: number, ifMatch?: number): Promise<ServiceView> {
    const service = await this.uow.tx.one<ServiceView>(LOCK, [id]);
    if (!service) throw serviceErrors('services.service.not_found');
    if (ifMatch !== undefined && service.version !== ifMatch) throw serviceErrors('services.service.stale');
    return service;
  }

  /** The parts of a bundle that are not terminated, locked; none for another service. */
  lockParts(bundle: ServiceView): Promise<ServiceView[]> {
    if (bundle.serviceType !== 'bundle') return Promise.resolve([]);
    return this.uow.tx.query<ServiceView>(LOCK_PARTS, [bundle.partnerId, bundle.id]);
  }

  /** Writes what may change of a locked service, but for its states. */
  async save(service: ServiceView): Promise<ServiceView> {
    return (await this.uow.tx.one<ServiceView>(SAVE, [
      service.id,
      service.planId,
      service.downloadMbps,
      service.uploadMbps,
      service.dataLimitGb,
      service.staticIp,
      service.staticAddress,
      service.monthlyAmount,
      json(service.installationAddress),
      service.scheduledActivation,
      service.notes,
      service.suspendedFor,
      service.planVersion,
    ])) as ServiceView;
  }
}
