import { startEmbeddedPostgres } from '@isp/platform/embedded-postgres';

const postgres = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '' });
process.on('message', () => process.exit(0));
process.send?.({ pid: postgres.pid, ownerUrl: postgres.ownerUrl });
