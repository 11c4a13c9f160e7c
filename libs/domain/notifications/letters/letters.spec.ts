import { describe, expect, it } from '@jest/globals';
import { letterHtml, letterText } from './letter.js';
import { letterWriter } from './words.js';

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
    expect(letterWriter('de').say('greeting', { name: '{number} $& {name}' })).toBe('Guten Tag {number} $& {name},');
    expect(letterWriter('xx').say('charged')).toBe(letterWriter('en').say('charged'));
  });
});
