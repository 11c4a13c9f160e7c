import { Controller, Get, Post, Put } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { Actor } from '@isp/contracts';
import { ImportQueries, type ImportRowView, type ImportView, ReceiveImport } from '@isp/domain/premises';
import { toIsoSeconds } from '@isp/kernel';
import {
  CurrentActor,
  JsonBody,
  Operation,
  PathParam,
  QueryString,
  createdAt,
  fileBody,
  intId,
} from '@isp/apis/shared';
import { listOf, sliceOf } from '../lists.js';
import * as schema from './import.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };
const ROW = { row: 17, outcome: 'rejected', subject_id: null, message: 'latitude must be between -90 and 90, not 91' };

@ApiTags('Premises')
@Controller('v1/premise-imports')
export class PremiseImportsController {
  constructor(
    private readonly imports: ImportQueries,
    private readonly receive: ReceiveImport,
  ) {}

  @Post()
  @Operation({
    access: 'premise.manage',
    summary: 'Begin an import',
    description:
      'Then hand the file over in parts of at most 5 MiB, and start it: `PUT …/parts/1`, `PUT …/parts/2`, …, ' +
      '`POST …/start`. Addresses are CSV, coverage is GeoJSON or KML.',
    status: 201,
    response: schema.importShape,
    example: { ...schema.importExample, status: 'receiving' },
    requestExample: { kind: 'addresses_csv', file_name: 'randfontein.csv', dry_run: true },
  })
  async open(@CurrentActor() actor: Actor, @JsonBody(schema.createImportBody) body: schema.CreateImportBody) {
    const { file_name: fileName, dry_run: dryRun, ...rest } = body;
    const opened = await this.receive.open({ actor, fileName, dryRun, ...rest });
    return createdAt(`/v1/premise-imports/${opened.id}`, presentImport(opened));
  }

  @Put(':import_id/parts/:part')
  @ApiConsumes('application/octet-stream')
  @Operation({
    access: 'premise.manage',
    summary: 'Hand over a part of the file',
    description: 'Parts are numbered from 1 and cut anywhere. A part that is sent again replaces itself.',
    status: 204,
    errors: ['not_found', 'conflict', 'payload_too_large'],
  })
  async part(
    @CurrentActor() actor: Actor,
    @PathParam('import_id', intId) id: number,
    @PathParam('part', schema.partNumber) part: number,
    @JsonBody(fileBody) content: string,
  ) {
    await this.receive.putPart(actor, id, part, Buffer.from(content, 'latin1'));
  }

  @Post(':import_id/start')
  @Operation({
    access: 'premise.manage',
    summary: 'Start an import whose file is whole',
    status: 202,
    response: schema.importShape,
    example: { ...schema.importExample, status: 'queued' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async start(@CurrentActor() actor: Actor, @PathParam('import_id', intId) id: number) {
    return presentImport(await this.receive.start(actor, id));
  }

  @Post(':import_id/cancel')
  @Operation({
    access: 'premise.manage',
    summary: 'Stop an import',
    description: 'Rows that are done stay done.',
    response: schema.importShape,
    example: { ...schema.importExample, status: 'cancelled', finished_at: '2025-01-29T10:31:00Z' },
    errors: ['not_found', 'conflict'],
  })
  async cancel(@CurrentActor() actor: Actor, @PathParam('import_id', intId) id: number) {
    return presentImport(await this.receive.cancel(actor, id));
  }

  @Get()
  @Operation({
    access: 'premise.manage',
    summary: 'List imports',
    description: 'Newest first; kept for 90 days after their end.',
    response: schema.importsShape,
    example: { imports: [schema.importExample], pagination: PAGINATION },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.importsQuery) query: schema.ImportsQuery) {
    const { rows, total } = await this.imports.list(actor, query, sliceOf(query));
    return listOf('imports', rows.map(presentImport), total, query);
  }

  @Get(':import_id')
  @Operation({
    access: 'premise.manage',
    summary: 'How far an import is',
    response: schema.importShape,
    example: schema.importExample,
    errors: ['not_found'],
  })
  async get(@CurrentActor() actor: Actor, @PathParam('import_id', intId) id: number) {
    return presentImport(await this.imports.get(actor, id));
  }

  @Get(':import_id/rows')
  @Operation({
    access: 'premise.manage',
    summary: 'What became of each row',
    response: schema.rowsShape,
    example: { rows: [ROW], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async rows(
    @CurrentActor() actor: Actor,
    @PathParam('import_id', intId) id: number,
    @QueryString(schema.rowsQuery) query: schema.RowsQuery,
  ) {
    const { rows, total } = await this.imports.rows(actor, id, query.outcome, sliceOf(query));
    return listOf('rows', rows.map(presentRow), total, query);
  }
}

function presentImport(shown: ImportView) {
  const { rows, created, changed, unchanged, rejected, bytes, bytesDone } = shown;
  return {
    id: shown.id,
    kind: shown.kind,
    file_name: shown.fileName,
    dry_run: shown.dryRun,
    connectivity: shown.connectivity,
    status: shown.status,
    bytes,
    progress_percent: bytes > 0 ? Math.min(100, Math.round((bytesDone / bytes) * 1000) / 10) : 0,
    rows: { done: rows, created, changed, unchanged, rejected },
    error: shown.error,
    requested_by: shown.requestedBy,
    created_at: toIsoSeconds(shown.createdAt),
    started_at: shown.startedAt && toIsoSeconds(shown.startedAt),
    finished_at: shown.finishedAt && toIsoSeconds(shown.finishedAt),
  };
}

const presentRow = ({ row, outcome, subjectId, message }: ImportRowView) => ({
  row,
  outcome,
  subject_id: subjectId,
  message,
});
