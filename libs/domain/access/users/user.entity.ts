import { Column, Entity, Generated, PrimaryGeneratedColumn, VersionColumn } from 'typeorm';

export type UserStatus = 'active' | 'disabled';

/** A person who can sign in: staff of a partner, or a customer of one. Its roles are rows of `user_roles`. */
@Entity('users')
export class UserEntity {
  @PrimaryGeneratedColumn('identity', { type: 'integer' })
  id: number;

  @Column({ type: 'uuid' })
  @Generated('uuid')
  guid: string;

  @Column({ name: 'partner_id', type: 'integer' })
  partnerId: number;

  @Column({ name: 'customer_id', type: 'integer', nullable: true })
  customerId: number | null;

  @Column({ type: 'text' })
  username: string;

  @Column({ type: 'text' })
  email: string;

  @Column({ name: 'full_name', type: 'text' })
  fullName: string;

  @Column({ name: 'password_hash', type: 'text', nullable: true })
  passwordHash: string | null;

  @Column({ type: 'text' })
  status: UserStatus;

  @Column({ name: 'last_login_at', type: 'timestamptz', nullable: true })
  lastLoginAt: Date | null;

  @VersionColumn()
  version: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;
}
