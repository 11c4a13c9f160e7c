/** Units are in the names; K7 of the acceptance rules where a number is not ours to choose. */
export const ACCESS_TOKEN_SECONDS = 600;
export const CLOCK_SKEW_SECONDS = 30;
/** Longer ones are refused unread. */
export const MAX_TOKEN_CHARACTERS = 4_096;

export const SESSION_IDLE_SECONDS = 7 * 86_400;
export const SESSION_ABSOLUTE_SECONDS = 30 * 86_400;
/** A client that lost the answer to a refresh may ask again for so long. */
export const REFRESH_GRACE_SECONDS = 10;
/** How long ended sessions stay for inspection. */
export const SESSION_KEEP_SECONDS = 7 * 86_400;

export const PASSWORD_MIN_CHARACTERS = 12;
export const PASSWORD_MAX_CHARACTERS = 128;
export const LOGIN_MAX_CHARACTERS = 320;

export const LOCK_OUT_FAILURES = 5;
export const LOCK_OUT_SECONDS = 15 * 60;
/** An e-mail address may belong to users of several partners; each candidate costs one password hash. */
export const LOGIN_MAX_CANDIDATES = 5;

/** Age of the state of a session or key at most, so that revocation acts everywhere within 2 s. */
export const STATE_MAX_AGE_MS = 1_000;
export const STATE_MAX_ENTRIES = 10_000;
export const KEY_USE_EVERY_SECONDS = 60;

export const SIGNING_KEY_SECONDS = 90 * 86_400;
/** A new signing key is published for so long before anything is signed with it. */
export const SIGNING_KEY_LEAD_SECONDS = 120;

export const API_KEY_OVERLAP_HOURS = 24;
export const API_KEY_MAX_OVERLAP_HOURS = 168;
/** How long a token that the operator hands to an ISP is good unless told otherwise. */
export const PARTNER_TOKEN_SECONDS = 365 * 86_400;
