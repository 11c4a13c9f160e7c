/** A hand-written statement. Its name makes PostgreSQL keep the plan; it must be unique and follow the text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

const names = new Map<string, string>();

/** Declares a named, prepared statement. Two texts under one name are refused at load time. */
export function statement(name: string, text: string): Statement {
  const known = names.get(name);
  if (known !== undefined && known !== text) throw new Error(`two statements are named ${name}`);
  names.set(name, text);
  return { name, text };
}

/**
 * For the FROM list of a statement that is a transaction of its own or the whole of one: its commit is not waited for. It
 * comes to disk before any commit that follows it and is waited for, so a crash of the server takes it back only together
 * with everything that came after it. For what is made again without loss.
 */
export const NOT_WAITED_FOR = `(SELECT set_config('synchronous_commit', 'off', true)) AS not_waited_for`;
