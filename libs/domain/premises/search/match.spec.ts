import { describe, expect, it } from '@jest/globals';
import { type Fits, confidenceOf, maxTypos, typosBetween, weigh } from './match.policy.js';
import { wordsOf } from './words.js';

describe('the words of an address', () => {
  it.each([
    ['38 (Cottage), Railway Street, ZA, 1765', ['38', 'cottage', 'railway', 'street', 'za', '1765']],
    ['Ünit 3b; Façade-Straße', ['unit', '3b', 'facade', 'straße']],
    [`'; DROP TABLE premises; -- & | ! <-> :*`, ['drop', 'table', 'premises']],
    ['\u0000 \ud800 \\', []],
    ['', []],
  ])('of %j', (text, words) => expect(wordsOf(text)).toEqual(words));
});

describe('typos', () => {
  it.each([
    ['railway', 'railway', 0],
    ['railwya', 'railway', 1],
    ['ralway', 'railway', 1],
    ['railwayy', 'railway', 1],
    ['reilway', 'railway', 1],
    ['rialwya', 'railway', 2],
    ['road', 'railway', undefined],
  ])('between %s and %s', (left, right, typos) => expect(typosBetween(left, right, 2)).toBe(typos));
});

describe('a misspelt word', () => {
  it.each([
    ['harbr', 'harbour', true],
    ['orchrd', 'orchard', true],
    ['hrbor', 'harbour', true],
    ['hxrbr', 'harbour', false],
    ['harbr', 'hamble', false],
    ['mill', 'miller', false],
    ['hbr', 'habor', false],
  ])('%s may mean %s: %s', (word, meant, may) =>
    expect(typosBetween(word, meant, maxTypos(word, meant)) !== undefined).toBe(may),
  );
});

describe('confidence', () => {
  const known = new Map([
    ['street', 400_000],
    ['za', 1_000_000],
    ['railway', 300],
    ['hectorton', 2_000],
  ]);
  const score = (search: string, address: string) => confidenceOf(weigh(wordsOf(search), known, 1_000_000), address);
  const ADDRESS = '38, Railway Street, Hectorton, Randfontein, ZA, 1765, Gauteng';

  it('is 1 for the address itself', () => expect(score(ADDRESS, ADDRESS)).toBe(1));

  it('puts the better match first', () => {
    const search = '38 railway street';
    const ordered = [
      ADDRESS,
      '83, Railway Street, Unit 38, Hectorton',
      '37, Railway Street, Hectorton',
      '38, Cedar Street, Hectorton',
      '12, Mill Road, Centre',
    ].map((address) => score(search, address));
    expect([...ordered].sort((one, other) => other - one)).toEqual(ordered);
    expect(new Set(ordered).size).toBe(ordered.length);
  });

  it('understands beginnings, abbreviations and misspelt words, for a little less', () => {
    for (const search of ['38 railw', '38 railway st', '38 ralway street', 'hectorton railway 38']) {
      expect([search, score(search, ADDRESS) > 0.7]).toEqual([search, true]);
      expect([search, score(search, ADDRESS) < 1]).toEqual([search, true]);
    }
  });

  it('is the same with what is known of other addresses of the search', () => {
    const search = weigh(wordsOf('38 ralway st hectorton'), known, 1_000_000);
    const fits: Fits = new Map();
    const addresses = [ADDRESS, '83, Railway Street, Unit 38, Hectorton', '12, Mill Road, Hectortown', ADDRESS, ''];
    for (const address of addresses) expect(confidenceOf(search, address, fits)).toBe(confidenceOf(search, address));
  });

  it('lies between 0 and 1 whatever is compared', () => {
    for (const [search, address] of [
      ['', ''],
      ['x', ''],
      ['1 1 1 1', '1'],
      ['za', 'za za za'],
    ] as const) {
      const value = score(search, address);
      expect(value >= 0 && value <= 1).toBe(true);
    }
  });
});
