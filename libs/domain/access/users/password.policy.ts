import type { FieldIssue } from '@isp/kernel';
import { PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS } from '../access.limits.js';

/** The same password typed on another keyboard or system is the same text (NFKC, as NIST SP 800-63B asks). */
export function passwordText(password: string): string {
  return password.normalize('NFKC');
}

const lengthOf = (password: string): number => [...password].length;

/** Longer than any password that could have been set: not worth hashing. */
export function isTooLong(password: string): boolean {
  return password.length > 2 * PASSWORD_MAX_CHARACTERS || lengthOf(password) > PASSWORD_MAX_CHARACTERS;
}

/**
 * What is wrong with a new password: its length, or that it is one of `taken` (log-in names, the old password).
 * No rules on kinds of characters: they make passwords worse.
 */
export function passwordIssues(password: string, taken: readonly string[], field = 'password'): FieldIssue[] {
  const text = passwordText(password);
  if (isTooLong(text)) return [{ field, message: `must have at most ${PASSWORD_MAX_CHARACTERS} characters` }];
  if (lengthOf(text) < PASSWORD_MIN_CHARACTERS)
    return [{ field, message: `must have at least ${PASSWORD_MIN_CHARACTERS} characters` }];
  const plain = text.toLowerCase();
  if (taken.some((name) => passwordText(name).toLowerCase() === plain)) {
    return [{ field, message: 'must differ from the log-in name, the e-mail address and the old password' }];
  }
  return new Set(plain).size < 3 ? [{ field, message: 'must not repeat the same characters only' }] : [];
}
