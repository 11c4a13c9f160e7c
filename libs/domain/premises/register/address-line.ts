import { createHash } from 'node:crypto';
import { wordsOf } from '../search/words.js';
import type { DeliveredColumn } from './premise.statements.js';

type Part = string | number | null | undefined;
type Parts = Readonly<Partial<Record<DeliveredColumn, Part>>>;

/** `Unit 3, 38, Railway Street, Hectorton, Randfontein, ZA, 1765, Gauteng`. */
export function inOneLine(parts: Parts): string {
  const named = (title: string, value: Part): string | null => (value ? `${title} ${value}` : null);
  return [
    named('Unit', parts.mdu_unit),
    named('Floor', parts.mdu_floor),
    named('Block', parts.mdu_block),
    parts.mdu_name,
    named('Plot', parts.plot_number),
    parts.street_number,
    parts.street_name,
    parts.intersection,
    parts.suburb,
    parts.city,
    parts.country_code,
    parts.postal_code,
    parts.province,
  ]
    .filter(Boolean)
    .join(', ');
}

/** An address that comes without a key is known again by its words. */
export const keyOfAddress = (line: string): string =>
  `text:${createHash('sha256').update(wordsOf(line).join(' ')).digest('hex').slice(0, 40)}`;
