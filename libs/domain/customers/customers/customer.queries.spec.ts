import { describe, expect, it } from '@jest/globals';
import { patternOf } from './customer.queries.js';

describe('patternOf', () => {
  it('finds text literally, whatever LIKE makes of its characters', () => {
    expect(patternOf('50%_off\\')).toBe('%50\\%\\_off\\\\%');
  });

  it('matches beginnings of words when there is too little text for trigrams', () => {
    expect(patternOf('Jo')).toBe('% jo%');
  });

  it('ignores how a phone number is spaced', () => {
    expect(patternOf('+1 (234) 567-890')).toBe('%1234567890%');
  });

  it('leaves short numbers alone', () => {
    expect(patternOf('1000')).toBe('%1000%');
  });
});
