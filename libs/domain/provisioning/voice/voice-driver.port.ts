/** What a softswitch is to do for one voice service. */
export interface VoiceAccount {
  /** E.164; also the SIP user name (RFC 3261). */
  readonly number: string;
  readonly features: Readonly<Record<string, boolean>>;
  /** False while the service is suspended: calls come and go no more, the number stays. */
  readonly mayCall: boolean;
}

/**
 * A softswitch with SIP accounts: an extension point. Calls may be repeated after a crash; `stepKey` is the same on
 * every repetition, and the switch (or its driver) carries each key out once. Rejects when it refuses or stays silent.
 */
export interface VoiceDriver {
  readonly name: string;
  /** Makes the account exist as described. The password is never to be logged. */
  register(stepKey: string, account: VoiceAccount, password: string, signal: AbortSignal): Promise<void>;
  /** What the switch really does for a number; undefined when it knows none. */
  readBack(number: string, signal: AbortSignal): Promise<VoiceAccount | undefined>;
  /** A switch that knows no such number has nothing to do. */
  remove(stepKey: string, number: string, signal: AbortSignal): Promise<void>;
}

export const VOICE_DRIVER = Symbol('VoiceDriver');
