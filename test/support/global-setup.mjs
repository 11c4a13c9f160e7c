import { createRunDirectory, removeAbandonedRuns } from './run-directory.mjs';

/** Starts nothing: the first `createTestDatabase()` of the run does, in the directory named here. */
export default async function globalSetup() {
  await removeAbandonedRuns();
  process.env.ISP_TEST_CLUSTER_DIR = createRunDirectory();
}
