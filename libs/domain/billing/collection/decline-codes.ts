import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';

const COLUMNS = `code, description, retry_hours AS "retryHours", refuses_method AS "refusesMethod", version, updated_at AS "updatedAt"`;
const LIST = statement('decline-codes-list', `SELECT ${COLUMNS} FROM decline_codes ORDER BY code`);
const SAVE = statement(
  'decline-codes-save',
  `INSERT INTO decline_codes AS d (code, description, retry_hours, refuses_method, updated_at) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (code) DO UPDATE SET description = excluded.description, retry_hours = excluded.retry_hours,
     refuses_method = excluded.refuses_method, version = d.version + 1, updated_at = excluded.updated_at RETURNING ${COLUMNS}`,
);

/** What follows when a gateway refuses with a code. */
export interface DeclineCodeView {
  /** As the gateway says it; `*`: every code that is not listed. */
  readonly code: string;
  readonly description: string;
  /** Hours until the first, the second, … repetition; none: it is not repeated by itself. */
  readonly retryHours: readonly number[];
  /** The method is not charged by itself any more. */
  readonly refusesMethod: boolean;
  readonly version: number;
  readonly updatedAt: Date;
}

/** Which refusals may pass, and when: data of the operator. */
@Injectable()
export class DeclineCodes {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(actor: Actor): Promise<DeclineCodeView[]> {
    return this.uow.read(actor, (tx) => tx.query<DeclineCodeView>(LIST));
  }

  /** Holds for what fails from now on. @throws `billing.decline_code.not_found` to whoever is not the operator */
  set(
    actor: Actor,
    input: Pick<DeclineCodeView, 'code' | 'description' | 'retryHours' | 'refusesMethod'>,
  ): Promise<DeclineCodeView> {
    if (actor.reach !== 'all') throw billingErrors('billing.decline_code.not_found');
    const { code, description, retryHours, refusesMethod } = input;
    return this.uow.run(actor, async (tx) => {
      const values = [code, description, retryHours, refusesMethod, this.clock.now()];
      const saved = (await tx.one<DeclineCodeView>(SAVE, values)) as DeclineCodeView;
      const subject = { type: 'decline_code', id: code };
      const changes = { retry_hours: retryHours, refuses_method: refusesMethod };
      this.audit.record({ actor, partnerId: actor.partnerId, action: 'decline_code.set', subject, changes });
      return saved;
    });
  }
}
