import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Actor, PERMISSIONS, systemActor } from '@isp/contracts';
import { BillingRuns, CarryOutRun, RunQueries, type RunView } from '@isp/domain/billing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const ACTOR: Actor = { ...systemActor('cli'), permissions: new Set(PERMISSIONS) };
const WIDTH = 30;
const SHOWN = 20;
const REDRAW_MS = 250;

/** Runs the billing of all due accounts in this process, beside the workers, with a bar on a terminal. */
export async function billingRun(app: NestFastifyApplication, args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: { 'dry-run': { type: 'boolean', default: false }, until: { type: 'string' } },
  });
  const untilOn = values.until;
  if (untilOn !== undefined && !/^\d{4}-\d\d-\d\d$/.test(untilOn)) throw new Error('--until is a date, YYYY-MM-DD');
  const { id } = await app
    .get(BillingRuns, { strict: false })
    .create({ actor: ACTOR, dryRun: values['dry-run'], untilOn });
  const queries = app.get(RunQueries, { strict: false });
  const working = { over: false };
  const carriedOut = app
    .get(CarryOutRun, { strict: false })
    .execute(id)
    .finally(() => (working.over = true));
  carriedOut.catch(() => undefined);
  for (;;) {
    const run = await queries.get(ACTOR, id);
    if (process.stderr.isTTY) draw(run);
    if (run.status !== 'running') break;
    if (working.over) await carriedOut;
    await sleep(REDRAW_MS);
  }
  if (process.stderr.isTTY) process.stderr.write('\n');
  return report(await queries.get(ACTOR, id), await findings(queries, id));
}

function draw({ accounts, accountsDone }: RunView): void {
  const share = accounts === 0 ? 1 : accountsDone / accounts;
  const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
  const counts = `${accountsDone.toLocaleString('en-US')} of ${accounts.toLocaleString('en-US')} accounts`;
  process.stderr.write(`\r[${bar}] ${Math.round(share * 100)} %, ${counts}`);
}

async function findings(queries: RunQueries, id: number): Promise<string[]> {
  const { rows, total } = await queries.findings(ACTOR, id, undefined, { limit: SHOWN, offset: 0 });
  const lines = rows.map(({ accountId, kind, amount, currency, beforeAmount, detail }) => {
    const before = beforeAmount === null ? '' : `, ${Number(beforeAmount)} before`;
    return `  account ${accountId}: ${kind}, ${Number(amount)} ${currency}${before} (${detail})`;
  });
  return total > lines.length ? [...lines, `  … all ${total}: GET /v1/billing/runs/${id}/findings`] : lines;
}

function report(run: RunView, found: readonly string[]): string {
  const { id, dryRun, status, accounts, invoices, creditNotes, drafts, nothingDue, carriedForward, parked, failed } =
    run;
  const counts = [
    `${invoices} invoices`,
    `${creditNotes} credit notes`,
    `${drafts} of them drafts`,
    `${nothingDue} with nothing due`,
    `${carriedForward} carried forward`,
    `${parked} parked`,
    `${failed} failed`,
  ].join(', ');
  const totals = run.totals.map(({ planId, currency, net, tax }) => {
    return `  ${planId === null ? 'no plan' : `plan ${planId}`}: ${net} ${currency} and ${tax} tax`;
  });
  const title = `billing run ${id}${dryRun ? ' (dry run, nothing was invoiced)' : ''} ${status}: ${accounts} accounts, ${counts}`;
  return [title, ...totals, ...found].join('\n');
}
