export interface AuditEntryView {
  readonly partnerId: number;
  /** Position in the partner's chain, from 1, without gaps. */
  readonly seq: number;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  /** SHA-256 over the previous entry's hash and this entry, in hex. */
  readonly hash: string;
}

/** What verification found in one partner's chain. */
export interface ChainReport {
  readonly partnerId: number;
  readonly entries: number;
  readonly headSeq: number;
  readonly headHash: string | null;
  /** The first entry that was altered, removed or added out of turn; null when the chain is whole. */
  readonly firstBadSeq: number | null;
}
