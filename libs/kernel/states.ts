/** The legal moves of one status column, as a table that is checked when it is defined. */
export interface StateTable<S extends string> {
  readonly initial: S;
  readonly states: readonly S[];
  /** States that nothing leads out of. */
  readonly terminal: readonly S[];
  can(from: S, to: S): boolean;
  /** Throws what `makeError` makes when the move is illegal. */
  assert(from: S, to: S, makeError: (from: S, to: S) => Error): void;
  /** Where one can go from here. */
  next(from: S): readonly S[];
  /** From where one can come here: what a conditional UPDATE lists in its WHERE. */
  previous(to: S): readonly S[];
  /** Narrows text from outside (a filter, a database row). */
  includes(text: string): text is S;
}

export interface StatesDefinition<S extends string> {
  readonly initial: S;
  readonly transitions: Readonly<Record<S, readonly S[]>>;
}

/**
 * Builds a state table.
 * @throws TypeError when a state is unknown, listed twice as a target, or cannot be reached from the initial one.
 */
export function defineStates<const S extends string>(definition: StatesDefinition<S>): StateTable<S> {
  const table = new Map(Object.entries(definition.transitions) as [S, readonly S[]][]);
  verify(definition.initial, table);
  const states = Object.freeze([...table.keys()]);
  const next = (from: S): readonly S[] => table.get(from) ?? [];
  const can = (from: S, to: S): boolean => next(from).includes(to);
  return Object.freeze({
    initial: definition.initial,
    states,
    terminal: Object.freeze(states.filter((state) => next(state).length === 0)),
    can,
    assert(from: S, to: S, makeError: (from: S, to: S) => Error) {
      if (!can(from, to)) throw makeError(from, to);
    },
    next,
    previous: (to: S) => states.filter((from) => can(from, to)),
    includes: (text: string): text is S => (table as ReadonlyMap<string, readonly S[]>).has(text),
  });
}

function verify<S extends string>(initial: S, table: ReadonlyMap<S, readonly S[]>): void {
  if (!table.has(initial)) throw new TypeError(`Unknown initial state ${initial}`);
  for (const [from, targets] of table) {
    if (new Set(targets).size !== targets.length) throw new TypeError(`State ${from} lists a target twice`);
    for (const to of targets) if (!table.has(to)) throw new TypeError(`State ${from} leads to unknown state ${to}`);
  }
  const reached = new Set<S>([initial]);
  for (const state of reached) for (const to of table.get(state) ?? []) reached.add(to);
  const lost = [...table.keys()].filter((state) => !reached.has(state));
  if (lost.length > 0) throw new TypeError(`Unreachable from ${initial}: ${lost.join(', ')}`);
}
