import { removeRunDirectory } from './run-directory.mjs';

export default async function globalTeardown() {
  await removeRunDirectory(process.env.ISP_TEST_CLUSTER_DIR);
}
