/** A forward-only schema change in plain SQL. Its place in `migrations/index.ts` is its order. */
export interface SqlMigration {
  readonly name: string;
  readonly up: string;
}
