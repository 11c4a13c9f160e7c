/** What our checks and the schema library say, and the phrase for it that can follow a field's name. */
const PHRASES: readonly (readonly [said: RegExp, phrase: string])[] = [
  [/^((?:is|are|must|has|does|may|cannot) .*)$/, '$1'],
  [/^.* received undefined$/, 'is required'],
  [/^Unknown field$/, 'is not a known field'],
  [/^Invalid email.*$/, 'is not a valid e-mail address'],
  [/^Too small: expected string to have >=1 characters$/, 'is required'],
  [/^Too small: expected string to have >=(\d+) characters$/, 'is too short (minimum is $1 characters)'],
  [/^Too big: expected string to have <=(\d+) characters$/, 'is too long (maximum is $1 characters)'],
  [/^Invalid input: expected (\w+), received.*$/, 'is not of type $1'],
];

/** Turns a message such as `Unknown field` into `is not a known field`, so that field and phrase make a sentence. */
export function phraseOf(message: string): string {
  const known = PHRASES.find(([said]) => said.test(message));
  return known ? message.replace(known[0], known[1]) : `is invalid: ${message}`;
}
