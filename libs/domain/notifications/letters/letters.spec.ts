import { describe, expect, it } from '@jest/globals';
import { nextTrySeconds, MOST_TRIES } from '../delivery/patience.js';
import { letterHtml, letterText } from './letter.js';
import { say } from './words.js';

const EVIL = `<img src=x onerror=alert(1)>"'&`;
const LETTER = {
  subject: EVIL,
  greeting: `Hello ${EVIL},`,
  paragraphs: [EVIL],
  rows: [[EVIL, EVIL]] as const,
  sender: ['ISP', EVIL],
};

describe('a letter', () => {
  it('is no page that somebody else has written', () => {
    const html = letterHtml(LETTER, `en"><script>`);
    expect(html).not.toMatch(/<img|<script|onerror=alert\(1\)>/);
    expect(html.match(/&lt;img src=x onerror=alert\(1\)&gt;&quot;&#39;&amp;/g)).toHaveLength(6);
  });

  it('loads nothing and links to nothing', () => expect(letterHtml(LETTER, 'en')).not.toMatch(/https?:|href|url\(/));

  it('says the same as text', () => {
    expect(letterText({ ...LETTER, rows: [] })).toBe(`Hello ${EVIL},\n\n${EVIL}\n\n-- \nISP\n${EVIL}\n`);
  });

  it('fills in what stands in braces once, whatever a name says', () => {
    expect(say('de', 'greeting', { name: '{number} $& {name}' })).toBe('Guten Tag {number} $& {name},');
    expect(say('xx', 'credited')).toBe(say('en', 'credited'));
  });
});

describe('patience', () => {
  it('doubles up to six hours, with full jitter, and ends', () => {
    const waits = Array.from({ length: MOST_TRIES - 1 }, (_, n) => nextTrySeconds(n + 1, () => 0.5) ?? 0);
    expect(waits.slice(0, 3)).toEqual([16, 31, 61]);
    expect(Math.max(...waits)).toBe(10_801);
    const hours = waits.reduce((sum, wait) => sum + wait, 0) / 3_600;
    expect([hours > 10, hours < 15]).toEqual([true, true]);
    expect(nextTrySeconds(MOST_TRIES)).toBeUndefined();
    expect(nextTrySeconds(1, () => 0)).toBe(1);
  });
});
