import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATOR_PARTNER_ID, systemActor } from '@isp/contracts';
import { API_LIMITS, createDataSource, UnitOfWork } from '@isp/platform/database';
import { query } from '../../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import { AuditQueries } from './audit.queries.js';
import { AuditTrail } from './audit-trail.js';

const ACTOR = systemActor('spec');

describe('AuditTrail', () => {
  let database: TestDatabase;
  let source: ReturnType<typeof createDataSource>;
  let uow: UnitOfWork;
  let audit: AuditTrail;
  const note = (id: string) => {
    audit.record({ actor: ACTOR, partnerId: OPERATOR_PARTNER_ID, action: 'thing.do', subject: { type: 'thing', id } });
  };
  const subjects = async (): Promise<string[]> =>
    (await query<{ subject_id: string }>(database.superUrl, 'SELECT subject_id FROM audit_entries ORDER BY seq')).map(
      (row) => row.subject_id,
    );

  beforeAll(async () => {
    database = await createTestDatabase();
    const settings = { url: database.appUrl, max: 4, limits: API_LIMITS, applicationName: 'spec' };
    source = await createDataSource(settings, []).initialize();
    uow = new UnitOfWork(source);
    audit = new AuditTrail(uow);
  }, 60_000);

  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  it('keeps one row per change, none of a transaction or savepoint that was undone', async () => {
    await uow.run(ACTOR, async (tx) => {
      note('1');
      await tx
        .savepoint(async () => {
          note('undone');
          await Promise.reject(new Error('no'));
        })
        .catch(() => undefined);
      note('2');
    });
    await uow
      .run(ACTOR, () => {
        note('rolled back');
        return Promise.reject(new Error('no'));
      })
      .catch(() => undefined);
    expect(await subjects()).toEqual(['1', '2']);
  });

  it('chains parallel writers without a gap', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => uow.run(ACTOR, async () => note(`p${n}`))));
    const [report] = await new AuditQueries(uow).verify(ACTOR);
    expect(report).toMatchObject({ entries: 22, headSeq: 22, firstBadSeq: null });
  });

  it.each([
    ['edited', `UPDATE audit_entries SET actor = 'nobody' WHERE seq = 5`, 5],
    ['removed', 'DELETE FROM audit_entries WHERE seq = 7', 8],
    ['cut off at the end', 'DELETE FROM audit_entries WHERE seq = 22', 22],
  ])('names the first entry that does not fit when one was %s', async (_, sql, seq) => {
    const copy = 'CREATE TABLE kept AS TABLE audit_entries';
    await query(database.superUrl, copy);
    await query(database.superUrl, sql);
    const [report] = await new AuditQueries(uow).verify(ACTOR);
    expect(report?.firstBadSeq).toBe(seq);
    await query(database.superUrl, 'TRUNCATE audit_entries; INSERT INTO audit_entries TABLE kept; DROP TABLE kept');
  });
});
