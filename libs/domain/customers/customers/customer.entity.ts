import { Column, Entity, Generated, PrimaryGeneratedColumn, VersionColumn } from 'typeorm';

export type CustomerStatus = 'trial' | 'active' | 'suspended' | 'terminated';
export type CustomerKind = 'residential' | 'sme' | 'enterprise';

/** A postal address as people write it; `country` is ISO 3166-1 alpha-2. */
export interface PostalAddress {
  readonly street: string;
  readonly city: string;
  readonly state?: string | undefined;
  readonly zip: string;
  readonly country?: string | undefined;
}

@Entity('customers')
export class Customer {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'ALWAYS' })
  id: number;
  @Generated('uuid')
  @Column('uuid')
  guid: string;
  @Column('integer', { name: 'partner_id' })
  partnerId: number;
  @Column('text', { default: 'residential' })
  kind: CustomerKind;
  @Column('text')
  name: string;
  @Column('text', { name: 'first_name', nullable: true })
  firstName: string | null;
  @Column('text', { name: 'last_name', nullable: true })
  lastName: string | null;
  @Column('text')
  email: string;
  @Column('text')
  phone: string;
  @Column('text', { name: 'home_phone', nullable: true })
  homePhone: string | null;
  @Column('text', { nullable: true })
  username: string | null;
  @Column('jsonb', { nullable: true })
  address: PostalAddress | null;
  @Column('jsonb', { name: 'billing_address', nullable: true })
  billingAddress: PostalAddress | null;
  @Column('text', { name: 'support_tier', default: 'Standard' })
  supportTier: string;
  @Column('text', { default: 'active' })
  status: CustomerStatus;
  @Column('text', { name: 'status_reason', nullable: true })
  statusReason: string | null;
  @Column({ type: 'text', name: 'portal_id', insert: false, update: false })
  portalId: string;
  @Generated('uuid')
  @Column('uuid', { name: 'portal_user_guid' })
  portalUserGuid: string;
  @VersionColumn({ default: 1 })
  version: number;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
  @Column('timestamptz', { name: 'terminated_at', nullable: true })
  terminatedAt: Date | null;
}
