import { Column, Entity, Generated, PrimaryGeneratedColumn, VersionColumn } from 'typeorm';

export type ServiceType = 'internet' | 'voice' | 'bundle';
export type PlanStatus = 'active' | 'retired';

/** Something that customers can buy. Amounts are exact decimals as text, without tax, in `currency`. */
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
  @Column('numeric', { name: 'monthly_amount', precision: 14, scale: 4 })
  monthlyAmount: string;
  @Column('numeric', { name: 'activation_amount', precision: 14, scale: 4, default: 0 })
  activationAmount: string;
  @Column('character', { length: 3, default: 'USD' })
  currency: string;
  @Column('integer', { name: 'contract_months', default: 1 })
  contractMonths: number;
  @Column('numeric', { name: 'sla_uptime_percent', precision: 6, scale: 3, default: 99 })
  slaUptimePercent: string;
  @Column('text', { default: 'active' })
  status: PlanStatus;
  @VersionColumn({ default: 1 })
  version: number;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
