import { Column, Entity, Generated, PrimaryGeneratedColumn, VersionColumn } from 'typeorm';
import type { Tier } from '../authentication/credential.view.js';

/** An API key: the credential of a program, and an OAuth 2.0 client. Only an HMAC of it is stored. */
@Entity('api_keys')
export class ApiKeyEntity {
  @PrimaryGeneratedColumn('identity', { type: 'integer' })
  id: number;

  @Column({ type: 'uuid' })
  @Generated('uuid')
  guid: string;

  @Column({ name: 'partner_id', type: 'integer' })
  partnerId: number;

  @Column({ type: 'text' })
  name: string;

  @Column({ name: 'public_id', type: 'text' })
  publicId: string;

  @Column({ name: 'secret_hmac', type: 'bytea', select: false })
  secretHmac: Buffer;

  @Column({ name: 'hmac_key_id', type: 'text' })
  hmacKeyId: string;

  @Column({ type: 'text' })
  environment: 'live' | 'sandbox';

  @Column({ type: 'text', array: true })
  scopes: string[];

  @Column({ type: 'text' })
  reach: 'all' | 'partner';

  /** Limits other than the partner's. */
  @Column({ type: 'text', nullable: true })
  tier: Tier | null;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt: Date | null;

  @Column({ name: 'rotated_to', type: 'integer', nullable: true })
  rotatedTo: number | null;

  /** Until when a rotated key still works beside its successor. */
  @Column({ name: 'overlap_until', type: 'timestamptz', nullable: true })
  overlapUntil: Date | null;

  @Column({ name: 'created_by', type: 'text' })
  createdBy: string;

  @VersionColumn()
  version: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;
}
