import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PERMISSIONS } from '@isp/contracts';
import { CreateApiKey, IssuePartnerToken } from '@isp/domain/access';
import { PartnerQueries } from '@isp/domain/partners';
import { ALL, SEEDER } from './seeder.js';

/** An API key of the operator with every permission; its text is in the answer alone. */
export async function issueSandboxKey(app: NestFastifyApplication): Promise<string> {
  const issued = await app
    .get(CreateApiKey, { strict: false })
    .execute({ actor: SEEDER, name: 'sandbox', scopes: [...PERMISSIONS], reach: 'all' });
  return issued.secret;
}

/** A token of the wholesale API for each ISP, by the ISP's name; those that are known stay. */
export async function issueIspTokens(
  app: NestFastifyApplication,
  known: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  const { rows } = await app.get(PartnerQueries, { strict: false }).list(SEEDER, { kind: 'isp' }, ALL);
  const tokens: Record<string, string> = {};
  for (const { id: partnerId, name } of rows) {
    const issue = app.get(IssuePartnerToken, { strict: false });
    tokens[name] = known[name] ?? (await issue.execute({ actor: SEEDER, partnerId, name: 'sandbox' })).secret;
  }
  return tokens;
}
