const RUN = /\d(?:[ -]?\d){12,}/g;
const SHORTEST = 13;
const LONGEST = 19;

/**
 * Whether text holds what may be a card number (ISO/IEC 7812: 13 to 19 digits with a Luhn check digit, the first of them
 * 2 to 6), also with spaces or dashes between its groups.
 */
export function holdsCardNumber(text: string): boolean {
  return [...text.matchAll(RUN)].some(([run]) => cardNumberIn(run) !== undefined);
}

/** The text with all but the last four digits of every possible card number hidden. */
export function hideCardNumbers(text: string): string {
  return text.replace(RUN, (run) => {
    const found = cardNumberIn(run);
    if (!found) return run;
    const hidden = run.slice(found.from, found.until).replace(/\d(?=(?:[ -]?\d){4})/g, '*');
    return run.slice(0, found.from) + hidden + hideCardNumbers(run.slice(found.until));
  });
}

/** Groups of digits may stand beside a card number: every stretch from a group's beginning to a group's end is looked at. */
function cardNumberIn(run: string): { readonly from: number; readonly until: number } | undefined {
  const groups = [...run.matchAll(/\d+/g)].map(({ 0: digits, index }) => ({ digits, index }));
  for (const [first, { index: from }] of groups.entries()) {
    let digits = '';
    for (const group of groups.slice(first)) {
      digits += group.digits;
      if (digits.length > LONGEST) break;
      if (isCardNumber(digits)) return { from, until: group.index + group.digits.length };
    }
  }
  return undefined;
}

function isCardNumber(digits: string): boolean {
  if (digits.length < SHORTEST || !/^[2-6]/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
