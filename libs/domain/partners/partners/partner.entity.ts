import { Column, Entity, Generated, PrimaryGeneratedColumn, VersionColumn } from 'typeorm';

export type PartnerKind = 'operator' | 'reseller' | 'isp';
export type PartnerStatus = 'active' | 'suspended';
export type Tier = 'free' | 'professional' | 'enterprise';

/** A tenant: the operator itself, a reseller, or an ISP that sells over the operator's network. */
@Entity('partners')
export class Partner {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'ALWAYS' })
  id: number;
  @Generated('uuid')
  @Column('uuid')
  guid: string;
  @Column('text')
  name: string;
  @Column('text')
  kind: PartnerKind;
  @Column('text', { default: 'active' })
  status: PartnerStatus;
  @Column('text', { nullable: true })
  email: string | null;
  @Column('text', { nullable: true })
  phone: string | null;
  @Column('text', { default: 'professional' })
  tier: Tier;
  @Column('character', { length: 3, default: 'USD' })
  currency: string;
  @Column('text', { name: 'time_zone', default: 'UTC' })
  timeZone: string;
  @VersionColumn({ default: 1 })
  version: number;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
