import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';
import type { Connectivity } from '../areas/area.view.js';
import { premisesErrors } from '../premises.errors.js';
import { ImportStore } from './import-store.js';
import type { ImportKind, ImportView } from './import.view.js';

export interface OpenImportInput {
  readonly actor: Actor;
  readonly kind: ImportKind;
  readonly fileName?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly connectivity?: Connectivity | null | undefined;
}

/** Takes a file in: opened, handed over in parts that may be sent again, then started; or taken back. */
@Injectable()
export class ReceiveImport {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly imports: ImportStore,
    private readonly work: WorkQueue,
    private readonly audit: AuditTrail,
  ) {}

  open({ actor, kind, fileName = '', dryRun = false, connectivity = null }: OpenImportInput): Promise<ImportView> {
    return this.uow.run(actor, async () => {
      const values = { kind, fileName, dryRun, connectivity };
      const opened = await this.imports.open({ ...values, requestedBy: actor.name });
      this.note(actor, 'premise_import.create', opened.id, values);
      return opened;
    });
  }

  /** Part `number`, from 1. Sent again it replaces itself. @throws `premises.import.not_found`, `premises.import.not_open` */
  putPart(actor: Actor, id: number, number: number, content: Uint8Array): Promise<void> {
    return this.uow.run(actor, async () => {
      await this.lockOpen(id);
      await this.imports.putChunk(id, number, content);
    });
  }

  /**
   * The file is whole: the import begins, by a job unless the caller runs it itself.
   * @throws `premises.import.not_found`, `premises.import.not_open`, `premises.import.incomplete`
   */
  start(
    actor: Actor,
    id: number,
    by: { readonly job: boolean; readonly digest?: string } = { job: true },
  ): Promise<ImportView> {
    return this.uow.run(actor, async () => {
      await this.lockOpen(id);
      const { bytes, parts, last } = await this.imports.measure(id);
      if (parts === 0 || parts !== last) throw premisesErrors('premises.import.incomplete', { parts, last });
      await this.imports.queue(id, bytes, by.digest ?? null);
      if (by.job)
        await this.work.enqueue('premises.import', { import_id: id }, { dedupeKey: String(id), priority: 'low' });
      this.note(actor, 'premise_import.start', id, { bytes });
      return this.imports.lock(id);
    });
  }

  /** Rows that are done stay done. @throws `premises.import.not_found`, `premises.import.over` */
  cancel(actor: Actor, id: number): Promise<ImportView> {
    return this.uow.run(actor, async () => {
      await this.imports.lock(id);
      const cancelled = await this.imports.finish(id, 'cancelled', null);
      if (!cancelled) throw premisesErrors('premises.import.over');
      await this.work.cancel('premises.import', String(id));
      this.note(actor, 'premise_import.cancel', id, {});
      return cancelled;
    });
  }

  private async lockOpen(id: number): Promise<void> {
    const { status } = await this.imports.lock(id);
    if (status !== 'receiving') throw premisesErrors('premises.import.not_open');
  }

  private note(actor: Actor, action: string, id: number, changes: Record<string, unknown>): void {
    this.audit.record({
      actor,
      partnerId: OPERATOR_PARTNER_ID,
      action,
      subject: { type: 'premise_import', id },
      changes,
    });
  }
}
