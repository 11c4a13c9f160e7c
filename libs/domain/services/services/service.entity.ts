import { Column, Entity, Generated, PrimaryGeneratedColumn, VersionColumn } from 'typeorm';

export type ServiceStatus = 'pending_activation' | 'provisioning' | 'active' | 'suspended' | 'terminated' | 'failed';
/** The network's own view of a service (TMF638 operating status); the commercial state is another axis. */
export type OperationalStatus =
  | 'pending'
  | 'configured'
  | 'starting'
  | 'running'
  | 'degraded'
  | 'failed'
  | 'limited'
  | 'stopping'
  | 'stopped'
  | 'unknown';
/**
 * Why a service is blocked: its customer is suspended, a payment is due, a break was asked for, it was abused, a person
 * decided so, the bundle that it is a part of is blocked, or the balance of who pays ahead for it does not cover it.
 */
export type SuspensionCause = 'customer' | 'payment' | 'pause' | 'abuse' | 'manual' | 'bundle' | 'balance';

/** Where the line ends; the country may be left out. */
export interface InstallationAddress {
  readonly street: string;
  readonly city: string;
  readonly state?: string | undefined;
  readonly zip: string;
  readonly country?: string | undefined;
}

/** A number that comes from another carrier. */
export interface NumberPorting {
  readonly from_carrier: string;
  /** `YYYY-MM-DD`. */
  readonly requested_on: string;
}

/** One service of one customer, with the price and speeds it was sold at. Amounts are decimal text without tax. */
@Entity('services')
export class Service {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'ALWAYS' })
  id: number;
  @Generated('uuid')
  @Column('uuid')
  guid: string;
  @Column('integer', { name: 'partner_id' })
  partnerId: number;
  @Column('integer', { name: 'customer_id' })
  customerId: number;
  /** The bundle that this is a part of. */
  @Column('integer', { name: 'bundle_id', nullable: true })
  bundleId: number | null;
  @Column('text', { name: 'service_type' })
  serviceType: 'internet' | 'voice' | 'bundle';
  @Column('integer', { name: 'plan_id' })
  planId: number;
  /** The version of the plan that it was sold at. */
  @Column('integer', { name: 'plan_version' })
  planVersion: number;
  @Column('text', { default: 'pending_activation' })
  status: ServiceStatus;
  @Column('text', { name: 'operational_status', default: 'pending' })
  operationalStatus: OperationalStatus;
  @Column('text', { name: 'suspended_for', array: true, default: '{}' })
  suspendedFor: SuspensionCause[];
  @Column('integer', { name: 'download_mbps', nullable: true })
  downloadMbps: number | null;
  @Column('integer', { name: 'upload_mbps', nullable: true })
  uploadMbps: number | null;
  @Column('integer', { name: 'data_limit_gb', nullable: true })
  dataLimitGb: number | null;
  @Column('boolean', { name: 'static_ip', default: false })
  staticIp: boolean;
  /** Host address, where one was asked for. */
  @Column('inet', { name: 'static_address', nullable: true })
  staticAddress: string | null;
  /** E.164. */
  @Column('text', { name: 'phone_number', nullable: true })
  phoneNumber: string | null;
  @Column('jsonb', { name: 'number_porting', nullable: true })
  numberPorting: NumberPorting | null;
  @Column('jsonb', { nullable: true })
  features: Readonly<Record<string, boolean>> | null;
  @Column('numeric', { name: 'monthly_amount', precision: 14, scale: 4 })
  monthlyAmount: string;
  @Column('numeric', { name: 'activation_amount', precision: 14, scale: 4 })
  activationAmount: string;
  @Column('character', { length: 3 })
  currency: string;
  @Column('jsonb', { name: 'installation_address', nullable: true })
  installationAddress: InstallationAddress | null;
  @Column('timestamptz', { name: 'scheduled_activation', nullable: true })
  scheduledActivation: Date | null;
  @Column('text', { nullable: true })
  notes: string | null;
  @Column('timestamptz', { name: 'activated_at', nullable: true })
  activatedAt: Date | null;
  @Column('timestamptz', { name: 'terminated_at', nullable: true })
  terminatedAt: Date | null;
  @VersionColumn({ default: 1 })
  version: number;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
