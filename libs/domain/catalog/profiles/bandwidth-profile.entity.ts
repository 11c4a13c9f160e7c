import { Column, Entity, PrimaryGeneratedColumn, VersionColumn } from 'typeorm';

export type ProfileStatus = 'active' | 'retired';

/** Speeds that the network knows by name, in kbit/s. */
@Entity('bandwidth_profiles')
export class BandwidthProfile {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'ALWAYS' })
  id: number;
  @Column('text')
  name: string;
  @Column('text', { nullable: true })
  description: string | null;
  @Column('integer', { name: 'download_kbps' })
  downloadKbps: number;
  @Column('integer', { name: 'upload_kbps' })
  uploadKbps: number;
  /** Allowed for short times; null where there is no burst. */
  @Column('integer', { name: 'burst_download_kbps', nullable: true })
  burstDownloadKbps: number | null;
  @Column('integer', { name: 'burst_upload_kbps', nullable: true })
  burstUploadKbps: number | null;
  @Column('text', { default: 'active' })
  status: ProfileStatus;
  @VersionColumn({ default: 1 })
  version: number;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
