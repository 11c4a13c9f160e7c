import { systemActor } from '@isp/contracts';
import { AuditQueries } from '@isp/domain/audit';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Recomputes every partner's chain of hashes. @throws Error that names where a chain is broken */
export async function verifyAudit(app: NestFastifyApplication): Promise<string> {
  const reports = await app.get(AuditQueries).verify(systemActor('cli'));
  const broken = reports.filter(({ firstBadSeq }) => firstBadSeq !== null);
  if (broken.length > 0)
    throw new Error(broken.map((row) => `partner ${row.partnerId}: first bad entry ${row.firstBadSeq}`).join('; '));
  return `${reports.length} chains with ${reports.reduce((sum, row) => sum + row.entries, 0)} entries are whole`;
}
