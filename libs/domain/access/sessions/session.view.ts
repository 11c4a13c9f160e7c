/** What a client holds after signing in or refreshing. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds that the access token lasts. */
  readonly expiresIn: number;
}

/** Where a sign-in comes from. */
export interface ClientView {
  readonly address: string;
  readonly userAgent?: string | undefined;
}
