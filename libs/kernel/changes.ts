/** What `changes` would change of `before`, as `{ field: [old, new] }`: fields that stay the same are left out. */
export function changesBetween<T extends object>(
  before: T,
  changes: Partial<T> | object,
): Record<string, [unknown, unknown]> {
  const current = before as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(changes)
      .filter(([field, value]) => value !== undefined && !same(current[field], value))
      .map(([field, value]) => [field, [current[field] ?? null, value]]),
  );
}

function same(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}
