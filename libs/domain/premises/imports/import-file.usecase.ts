import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { DomainError } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import type { Connectivity } from '../areas/area.view.js';
import { ImportStore } from './import-store.js';
import type { ImportKind, ImportView } from './import.view.js';
import { ReceiveImport } from './receive-import.usecase.js';
import { type ImportProgress, RunImport } from './run-import.usecase.js';

const PART_BYTES = 1024 * 1024;
/** Of the database, one after another. */
const MAX_FAILURES = 20;
const FAILURE_PAUSE_MS = 1_000;

export interface ImportFileInput {
  readonly actor: Actor;
  readonly kind: ImportKind;
  /** Reads the file from its beginning, each time that it is called. */
  readonly content: () => AsyncIterable<Uint8Array>;
  readonly fileName?: string;
  readonly dryRun?: boolean;
  readonly connectivity?: Connectivity | null;
  readonly onProgress?: (at: ImportProgress) => void;
}

/**
 * Imports a file that lies here, in this process: no worker is needed. Called again for a file whose import was cut
 * short, it goes on with that one.
 */
@Injectable()
export class ImportFile {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly receive: ReceiveImport,
    private readonly imports: ImportStore,
    private readonly run: RunImport,
  ) {}

  async execute(input: ImportFileInput): Promise<ImportView> {
    const { actor, kind, content, dryRun = false, onProgress } = input;
    const digest = await digestOf(content());
    const known = await this.uow.run(actor, () => this.imports.unfinished(kind, dryRun, digest));
    const { id } = known ?? (await this.handIn(input, digest));
    await this.patiently(id, onProgress);
    return this.uow.run(actor, () => this.imports.lock(id));
  }

  /** A database that is away or busy for a while ends nothing: it goes on behind the last batch. */
  private async patiently(id: number, onProgress: ImportFileInput['onProgress']): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      try {
        await this.run.execute(id, {
          onProgress: (at) => {
            failures = 0;
            onProgress?.(at);
          },
        });
        return;
      } catch (error) {
        if (!(error instanceof DomainError) || error.kind !== 'unavailable' || failures === MAX_FAILURES) throw error;
        await sleep(FAILURE_PAUSE_MS);
      }
    }
  }

  private async handIn({ actor, content, ...values }: ImportFileInput, digest: string): Promise<ImportView> {
    const { id } = await this.receive.open({ actor, ...values });
    let number = 0;
    for await (const part of inParts(content())) await this.receive.putPart(actor, id, (number += 1), part);
    return this.receive.start(actor, id, { job: false, digest });
  }
}

async function digestOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex');
}

async function* inParts(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    held.push(chunk);
    bytes += chunk.byteLength;
    if (bytes < PART_BYTES) continue;
    yield Buffer.concat(held);
    [held, bytes] = [[], 0];
  }
  if (bytes > 0) yield Buffer.concat(held);
}
