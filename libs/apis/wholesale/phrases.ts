/** What our checks say, and the phrase of this API for it. */
const PHRASES: readonly (readonly [said: RegExp, phrase: string])[] = [
  [/^Unknown field$/, 'is not a known field'],
  [/^Invalid email.*$/, 'is not a valid e-mail address'],
  [/^must not be empty$/, 'is required'],
  [/^must have at least (\d+) characters?$/, 'is too short (minimum is $1 characters)'],
  [/^must have at most (\d+) characters?$/, 'is too long (maximum is $1 characters)'],
  [/^((?:is|are|must|has|does|may|cannot) .*)$/, '$1'],
];

/** Turns a message such as `Unknown field` into `is not a known field`, so that field and phrase make a sentence. */
export function phraseOf(message: string): string {
  const known = PHRASES.find(([said]) => said.test(message));
  return known ? message.replace(known[0], known[1]) : `is invalid: ${message}`;
}
