import { Column, Entity, Generated, PrimaryGeneratedColumn, VersionColumn } from 'typeorm';

export type ServiceType = 'internet' | 'voice' | 'bundle';
export type PlanStatus = 'active' | 'retired';

/** What a voice plan gives beside the line. */
export interface VoiceFeatures {
  /** A telephone number comes with it. */
  readonly numberIncluded: boolean;
  /** Minutes of calls a month in the price; null for no limit. */
  readonly includedMinutes: number | null;
  readonly concurrentCalls: number;
  readonly callerId: boolean;
  readonly voicemail: boolean;
  readonly callForwarding: boolean;
}

/**
 * Something that customers can buy, as new orders get it now; what it offered before is in its versions. Amounts are
 * exact decimals as text, without tax, in `currency`.
 */
@Entity('plans')
export class Plan {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'ALWAYS' })
  id: number;
  @Generated('uuid')
  @Column('uuid')
  guid: string;
  @Column('text')
  sku: string;
  @Column('text')
  name: string;
  @Column('text', { nullable: true })
  description: string | null;
  @Column('text')
  category: string;
  @Column('text', { name: 'service_type' })
  serviceType: ServiceType;
  @Column('integer', { name: 'download_mbps', nullable: true })
  downloadMbps: number | null;
  @Column('integer', { name: 'upload_mbps', nullable: true })
  uploadMbps: number | null;
  @Column('integer', { name: 'data_limit_gb', nullable: true })
  dataLimitGb: number | null;
  /** GB a month after which the fair use policy throttles; null for no such policy. */
  @Column('integer', { name: 'fair_use_limit_gb', nullable: true })
  fairUseLimitGb: number | null;
  @Column('numeric', { name: 'throttled_download_mbps', precision: 9, scale: 3, nullable: true })
  throttledDownloadMbps: string | null;
  @Column('numeric', { name: 'throttled_upload_mbps', precision: 9, scale: 3, nullable: true })
  throttledUploadMbps: string | null;
  @Column('boolean', { name: 'static_ip_available', default: false })
  staticIpAvailable: boolean;
  @Column('numeric', { name: 'static_ip_monthly_amount', precision: 14, scale: 4, default: 0 })
  staticIpMonthlyAmount: string;
  @Column('numeric', { name: 'monthly_amount', precision: 14, scale: 4 })
  monthlyAmount: string;
  @Column('numeric', { name: 'activation_amount', precision: 14, scale: 4, default: 0 })
  activationAmount: string;
  /** Due from who leaves before the contract's term is over. */
  @Column('numeric', { name: 'early_termination_amount', precision: 14, scale: 4, default: 0 })
  earlyTerminationAmount: string;
  @Column('character', { length: 3, default: 'USD' })
  currency: string;
  @Column('numeric', { name: 'tax_percent', precision: 6, scale: 3, default: 0 })
  taxPercent: string;
  @Column('integer', { name: 'contract_months', default: 1 })
  contractMonths: number;
  @Column('numeric', { name: 'sla_uptime_percent', precision: 6, scale: 3, default: 99 })
  slaUptimePercent: string;
  /** Name of the bandwidth profile that carries it; the smallest that fits when null. */
  @Column('text', { name: 'bandwidth_profile', nullable: true })
  bandwidthProfile: string | null;
  @Column('jsonb', { nullable: true })
  voice: VoiceFeatures | null;
  @Column('text', { default: 'active' })
  status: PlanStatus;
  /** On sale from this instant, and until before that one; null for no such limit. */
  @Column('timestamptz', { name: 'sold_from', nullable: true })
  soldFrom: Date | null;
  @Column('timestamptz', { name: 'sold_until', nullable: true })
  soldUntil: Date | null;
  /** Of what it offers: what an order is sold. */
  @Column('integer', { default: 1 })
  version: number;
  /** Of the row: counts up with every change of any field. */
  @VersionColumn({ default: 1 })
  revision: number;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
