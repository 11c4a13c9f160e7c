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
