/** Digits as people group them. */
const RUN = /\d+(?:[ ./_-]\d+)*/g;
/** An account number of ISO 13616, whose digits may look like those of a card. */
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g;
const LONGEST = 19;

interface Place {
  readonly from: number;
  readonly until: number;
}

/**
 * Whether text holds what may be a card number (ISO/IEC 7812 with a Luhn check digit), also in groups with one and the same
 * sign between them. Those of 13 digits, which nobody issues any more, are phone numbers.
 */
export function holdsCardNumber(text: string): boolean {
  return cardNumbersIn(text.normalize('NFKC')).length > 0;
}

/** The text with all but the last four digits of every possible card number hidden. */
export function hideCardNumbers(text: string): string {
  const plain = text.normalize('NFKC');
  const found = cardNumbersIn(plain);
  if (found.length === 0) return text;
  return found.reduceRight((hidden, { from, until }) => {
    const number = hidden.slice(from, until).replace(/\d(?=(?:\D?\d){4})/g, '*');
    return hidden.slice(0, from) + number + hidden.slice(until);
  }, plain);
}

function cardNumbersIn(text: string): Place[] {
  const withoutIbans = text.replace(IBAN, (iban) => (isIban(iban) ? 'x'.repeat(iban.length) : iban));
  return [...withoutIbans.matchAll(RUN)].flatMap(({ 0: run, index }) =>
    placesIn(run).map(({ from, until }) => ({ from: index + from, until: index + until })),
  );
}

/** Groups of digits may stand beside a card number: every stretch from a group's beginning to a group's end is looked at. */
function placesIn(run: string): Place[] {
  const groups = [...run.matchAll(/\d+/g)].map(({ 0: digits, index }) => ({ digits, index }));
  const places: Place[] = [];
  for (let first = 0; first < groups.length;) {
    const last = lastOfCard(run, groups, first);
    if (last !== undefined) {
      const { index, digits } = groups[last] as Group;
      places.push({ from: (groups[first] as Group).index, until: index + digits.length });
    }
    first = (last ?? first) + 1;
  }
  return places;
}

interface Group {
  readonly digits: string;
  readonly index: number;
}

/** The group with which a card number ends that begins with the group `first`. */
function lastOfCard(run: string, groups: readonly Group[], first: number): number | undefined {
  let digits = '';
  let between: string | undefined;
  for (const [at, group] of groups.entries()) {
    if (at < first) continue;
    if (at > first) {
      const sign = run[group.index - 1];
      between ??= sign;
      if (sign !== between) return undefined;
    }
    digits += group.digits;
    if (digits.length > LONGEST) return undefined;
    if (isCardNumber(digits)) return at;
  }
  return undefined;
}

// American Express has 15 digits and Diners Club 14, all others 16 to 19. What else has 15 is the IMEI of a telephone.
const NUMBERED = /^(?:[2-6]\d{15,18}|3[47]\d{13}|3[0689]\d{12})$/;

function isCardNumber(digits: string): boolean {
  if (!NUMBERED.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** The check digits of ISO 7064, mod 97-10. */
function isIban(text: string): boolean {
  const moved = text.replace(/ /g, '');
  const digits = [...moved.slice(4), ...moved.slice(0, 4)].map((sign) => parseInt(sign, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}
