import { RadiusVault } from '@isp/domain/network';
import { loadConfig } from '@isp/platform/config';
import { allowLogin, runMigrations } from '@isp/platform/database';
import { DeadWork } from '@isp/platform/work';
import { seedSandbox } from '../sandbox/seed.js';
import { billingRun } from './billing-run.js';
import { importFile } from './import-file.js';
import { inProgram } from './in-program.js';
import { keysInUse } from './keys-in-use.js';
import { rotateKeys } from './rotate-keys.js';
import { verifyAudit } from './verify-audit.js';

interface Command {
  readonly help: string;
  run(args: readonly string[]): Promise<string>;
}

export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    'migrate',
    {
      help: 'bring the schema up to date',
      run: async () => {
        const config = loadConfig();
        const url = config.ISP_OWNER_DATABASE_URL ?? config.DATABASE_URL;
        const ran = await runMigrations({ url });
        if (config.ISP_RADIUS_DATABASE_PASSWORD)
          await allowLogin(url, 'isp_radius', config.ISP_RADIUS_DATABASE_PASSWORD);
        return `${ran} migrations ran`;
      },
    },
  ],
  [
    'radius-key',
    {
      help: 'print ISP_RADIUS_KEY as the RADIUS server is to be given it (a secret)',
      run: () => Promise.resolve(new RadiusVault(loadConfig()).serverKeys),
    },
  ],
  [
    'seed',
    {
      help: 'fill a sandbox with its test data',
      run: () =>
        inProgram(async (app) => {
          const logins = await seedSandbox(app);
          return `sandbox seeded: ${JSON.stringify(logins)}`;
        }),
    },
  ],
  [
    'dead',
    {
      help: 'list work that failed for good',
      run: () =>
        inProgram(
          async (app) => (await app.get(DeadWork).list()).map((row) => JSON.stringify(row)).join('\n') || 'none',
        ),
    },
  ],
  [
    'redrive',
    {
      help: 'run dead work again: redrive <id|all>',
      run: ([id = 'all']) =>
        inProgram(async (app) => `${await app.get(DeadWork).redrive(id)} pieces of work run again`),
    },
  ],
  [
    'rotate-keys',
    {
      help: 'seal every stored secret again under the first key of ISP_MASTER_KEYS',
      run: () =>
        inProgram(async (app) => {
          const { resealed, unreadable } = await rotateKeys(app, (line) => process.stderr.write(`${line}\n`));
          if (unreadable.length > 0) throw new Error(`no key opens: ${unreadable.join(', ')}`);
          return `${resealed} secrets sealed again`;
        }),
    },
  ],
  [
    'keys-in-use',
    {
      help: 'say which keys of ISP_MASTER_KEYS are needed, and where; one that is not named may be removed',
      run: () =>
        inProgram(async (app) =>
          (await keysInUse(app)).map(({ place, key, count }) => `${key} ${place} ${count}`).join('\n'),
        ),
    },
  ],
  [
    'import',
    {
      help: 'import <addresses.csv|coverage.geojson|coverage.kml> [--dry-run] [--connectivity live|building|planned]',
      run: (args) => inProgram((app) => importFile(app, args)),
    },
  ],
  [
    'billing-run',
    {
      help: 'bill every account whose day has come: billing-run [--dry-run] [--until YYYY-MM-DD]',
      run: (args) => inProgram((app) => billingRun(app, args)),
    },
  ],
  [
    'verify-audit',
    {
      help: 'recompute the hash chains of the audit trail',
      run: () => inProgram(verifyAudit),
    },
  ],
]);
