import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, instant, intId, needle, Operation, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { AuditQueries, AUDIT_SORTING } from '@isp/domain/audit';
import { z } from 'zod';
import { listOf, listShape, sliceOf, sortedQuery } from '../lists.js';

const auditQuery = sortedQuery(
  {
    partner_id: intId.optional(),
    subject_type: needle(60).optional(),
    subject_id: needle(60).optional(),
    action: needle(60).optional(),
    actor: needle(120).optional(),
    from: instant.optional(),
    to: instant.optional(),
  },
  AUDIT_SORTING,
);
type AuditQuery = z.infer<typeof auditQuery>;

const verifyQuery = z.strictObject({ partner_id: intId.optional() });

const entryShape = z.object({
  partner_id: z.int(),
  seq: z.int(),
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  subject_type: z.string(),
  subject_id: z.string(),
  changes: z.record(z.string(), z.unknown()),
  request_id: z.string().nullable(),
  hash: z.string(),
});

const reportShape = z.object({
  valid: z.boolean(),
  chains: z.array(
    z.object({
      partner_id: z.int(),
      entries: z.int(),
      head_hash: z.string().nullable(),
      valid: z.boolean(),
      first_bad_seq: z.int().nullable(),
    }),
  ),
});

@ApiTags('Audit')
@Controller('v1/audit')
export class AuditController {
  constructor(private readonly audit: AuditQueries) {}

  @Get()
  @Operation({
    access: 'audit.read',
    summary: 'List the audit trail, newest first',
    response: listShape('entries', entryShape),
  })
  async listEntries(@CurrentActor() actor: Actor, @QueryString(auditQuery) query: AuditQuery) {
    const filter = {
      partnerId: query.partner_id,
      subjectType: query.subject_type,
      subjectId: query.subject_id,
      action: query.action,
      actorName: query.actor,
      from: query.from,
      to: query.to,
    };
    const { rows, total } = await this.audit.list(actor, filter, sliceOf(query));
    const entries = rows.map((row) => ({
      partner_id: row.partnerId,
      seq: row.seq,
      at: row.at.toISOString(),
      actor: row.actor,
      action: row.action,
      subject_type: row.subjectType,
      subject_id: row.subjectId,
      changes: row.changes,
      request_id: row.requestId,
      hash: row.hash,
    }));
    return listOf('entries', entries, total, query);
  }

  @Get('verify')
  @Operation({
    access: 'audit.read',
    summary: 'Recompute the hash chains',
    description: 'Names the first entry of each chain that was altered, removed or added out of turn.',
    response: reportShape,
    example: {
      valid: true,
      chains: [{ partner_id: 1, entries: 250, head_hash: 'ab12…', valid: true, first_bad_seq: null }],
    },
  })
  async verify(@CurrentActor() actor: Actor, @QueryString(verifyQuery) query: z.infer<typeof verifyQuery>) {
    const reports = await this.audit.verify(actor, query.partner_id);
    const chains = reports.map((report) => ({
      partner_id: report.partnerId,
      entries: report.entries,
      head_hash: report.headHash,
      valid: report.firstBadSeq === null,
      first_bad_seq: report.firstBadSeq,
    }));
    return { valid: chains.every((chain) => chain.valid), chains };
  }
}
