const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The largest PostgreSQL `integer`, hence the largest id. */
export const MAX_INT_ID = 2 ** 31 - 1;

/** RFC 9562 text in either case, any version; braces, URNs and missing hyphens are refused. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The canonical lower-case form, or undefined when it is no UUID. */
export function normaliseUuid(text: string): string | undefined {
  return isUuid(text) ? text.toLowerCase() : undefined;
}

/** The upper-case form that the wholesale API writes. */
export function upperUuid(uuid: string): string {
  return uuid.toUpperCase();
}

/**
 * A positive `integer` id from path or query text: digits without sign, space or leading zero, at most 2^31-1.
 * Undefined for anything else, which an API answers as it answers an id that does not exist.
 */
export function parseIntId(text: string): number | undefined {
  if (!/^[1-9]\d{0,9}$/.test(text)) return undefined;
  const id = Number(text);
  return id <= MAX_INT_ID ? id : undefined;
}
