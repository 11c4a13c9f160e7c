/** A range of whole numbers (days or seconds) without its end. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** What two sets of ranges have in common. */
export function intersect(left: readonly Span[], right: readonly Span[]): Span[] {
  return left.flatMap((a) =>
    right.flatMap((b) => {
      const [from, until] = [Math.max(a.from, b.from), Math.min(a.until, b.until)];
      return from < until ? [{ from, until }] : [];
    }),
  );
}

/** The first set without what the second covers. */
export function subtract(left: readonly Span[], right: readonly Span[]): Span[] {
  return right.reduce<Span[]>(
    (rest, { from, until }) =>
      rest.flatMap((span) =>
        [
          { from: span.from, until: Math.min(span.until, from) },
          { from: Math.max(span.from, until), until: span.until },
        ].filter((part) => part.from < part.until),
      ),
    left.filter((span) => span.from < span.until),
  );
}

/** The same ranges in order, those that touch or overlap made one. */
export function merged(spans: readonly Span[]): Span[] {
  const result: { from: number; until: number }[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && span.from <= last.until) last.until = Math.max(last.until, span.until);
    else result.push({ ...span });
  }
  return result;
}
