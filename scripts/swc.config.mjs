import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** The one swc configuration: the build writes dist/ with it, tests run the sources through `sourceSwc`. */
export const jsc = {
  target: 'es2022',
  parser: { syntax: 'typescript', decorators: true },
  transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  keepClassNames: true,
};

export const buildSwc = {
  jsc: {
    ...jsc,
    baseUrl: root,
    paths: {
      '@isp/kernel': ['./libs/kernel/index.ts'],
      '@isp/contracts': ['./libs/contracts/index.ts'],
      '@isp/platform/*': ['./libs/platform/*/index.ts'],
      '@isp/domain/*': ['./libs/domain/*/index.ts'],
      '@isp/apis/*': ['./libs/apis/*/index.ts'],
    },
  },
  module: { type: 'es6', resolveFully: true },
  sourceMaps: true,
  swcrc: false,
};

export const sourceSwc = { jsc, module: { type: 'es6' }, sourceMaps: true, swcrc: false };
