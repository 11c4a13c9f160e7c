/** A handler's result when it is more than a body: its headers, and its status where that is not the route's own. */
export class Answer<T> {
  constructor(
    readonly body: T,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly status?: number,
  ) {}
}

/** 201 (or 202) with the place of the new thing. */
export function createdAt<T>(location: string, body: T): Answer<T> {
  return new Answer(body, { location });
}

/** A body with the version of what it shows, for `If-Match` later. */
export function versioned<T>(version: number, body: T): Answer<T> {
  return new Answer(body, { etag: `"${version}"` });
}
