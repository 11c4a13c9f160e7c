import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import './run-ts.mjs';
import { mapFileOf } from './compiled.mjs';
import { setGlobals } from './jest-globals.mjs';

const LOADED_WITHIN_MS = 90_000;
const require = createRequire(import.meta.url);
const { default: circus } = require('jest-circus/runner');

/**
 * Jest's own runner (`testRunner` of jest.config.mjs), but specs and all that they import are modules of Node instead of
 * those of a virtual machine per spec: a worker loads the program once and not again with every spec. What a module
 * keeps for itself is therefore shared by the specs of a worker.
 */
export default function run(globalConfig, config, environment, runtime, testPath, send) {
  runtime.unstable_shouldLoadAsEsm = () => true;
  runtime.unstable_importModule = (path) => loaded(path);
  runtime.requireInternalModule = requireAnew;
  runtime.setGlobalsForRuntime = setGlobals;
  runtime.getSourceMaps().get = mapFileOf;
  return circus(globalConfig, config, environment, runtime, testPath, send);
}

/**
 * No time limit of a test covers the import of its spec, and the thread that reads TypeScript for Node was once seen not to
 * answer. A worker that ends is started anew, with the same spec; without workers the spec fails.
 */
function loaded(path) {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      process.stderr.write(`${path} was not loaded within ${LOADED_WITHIN_MS / 1000} s\n`);
      if (process.send) process.exit(1);
      reject(new Error(`not loaded within ${LOADED_WITHIN_MS / 1000} s`));
    }, LOADED_WITHIN_MS);
    import(pathToFileURL(path).href).then(resolve, reject).finally(() => clearTimeout(limit));
  });
}

/** The framework keeps the tests of one spec in its module, and its handlers in a global. */
function requireAnew(path) {
  delete require.cache[path];
  delete globalThis[Symbol.for('EVENT_HANDLERS')];
  return require(path);
}
