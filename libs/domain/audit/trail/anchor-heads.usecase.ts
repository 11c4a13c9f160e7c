import { appendFile } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';

const HEADS = statement(
  'audit-heads',
  `SELECT partner_id, seq::text, encode(hash, 'hex') AS hash FROM audit_heads ORDER BY 1`,
);

/**
 * Writes the heads of all chains to a file outside the database, so that even a rewrite of a whole chain shows:
 * a later chain must still contain every anchored (seq, hash).
 */
@Injectable()
export class AnchorHeads {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(): Promise<void> {
    const file = this.config.ISP_AUDIT_ANCHOR_FILE;
    if (!file) return;
    const heads = await this.uow.run(systemActor('audit'), (tx) => tx.query(HEADS));
    await appendFile(file, `${JSON.stringify({ at: this.clock.now().toISOString(), heads })}\n`, { mode: 0o600 });
  }
}
