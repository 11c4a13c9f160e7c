import { describe, it } from '@jest/globals';
import { nothingMayBeMissing } from './missing.js';

/** A block of tests that says in its name why it is skipped where something is missing; in CI it fails instead. */
export function describeUnless(missing: readonly string[], name: string, tests: () => void): void {
  if (missing.length === 0) return describe(name, tests);
  const lacks = `no ${missing.join(', no ')}`;
  if (!nothingMayBeMissing()) return describe.skip(`${name} (skipped: ${lacks})`, tests);
  describe(name, () => {
    it('has what it needs', () => {
      throw new Error(`this machine has ${lacks}`);
    });
  });
}
