/** `@jest/globals` for specs that Node loads itself: always those of the spec that runs now, whoever imported them when. */
let current;

export function setGlobals(globals) {
  current = globals;
}

const of = (name) =>
  new Proxy(() => undefined, {
    apply: (_, self, args) => current[name].apply(self, args),
    get: (_, key) => current[name][key],
  });

export const [afterAll, afterEach, beforeAll, beforeEach, describe, expect, it] = [
  'afterAll',
  'afterEach',
  'beforeAll',
  'beforeEach',
  'describe',
  'expect',
  'it',
].map(of);
