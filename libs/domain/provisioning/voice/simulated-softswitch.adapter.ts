import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, NOT_WAITED_FOR, statement } from '@isp/platform/database';
import type { VoiceAccount, VoiceDriver } from './voice-driver.port.js';

// Effects are kept with those of the simulated routers; the softswitch is number 0 among them.
const ASKED = (operation: string) => `WITH asked AS (
     INSERT INTO simulated_network.effects (step_key, router_id, operation, subscriber) VALUES ($1, 0, '${operation}', $2)
     ON CONFLICT (step_key) DO UPDATE SET times_asked = simulated_network.effects.times_asked + 1
     RETURNING times_asked)`;
const REGISTER = statement(
  'softswitch-register',
  `${ASKED('voice_register')}
   INSERT INTO simulated_network.voice_accounts (username, password_digest, may_call, features)
   SELECT $2, $3, $4, $5 FROM asked, ${NOT_WAITED_FOR} WHERE times_asked = 1
   ON CONFLICT (username) DO UPDATE SET password_digest = excluded.password_digest, may_call = excluded.may_call,
     features = excluded.features`,
);
const REMOVE = statement(
  'softswitch-remove',
  `${ASKED('voice_remove')}
   DELETE FROM simulated_network.voice_accounts v USING asked, ${NOT_WAITED_FOR} WHERE v.username = $2 AND asked.times_asked = 1`,
);
const READ_BACK = statement(
  'softswitch-read-back',
  'SELECT username AS number, features, may_call AS "mayCall" FROM simulated_network.voice_accounts WHERE username = $1',
);

/** A softswitch that exists in tables of its own, written outside of business transactions as a real one would be. */
@Injectable()
export class SimulatedSoftswitch implements VoiceDriver {
  readonly name = 'simulated';

  constructor(private readonly database: Database) {}

  async register(stepKey: string, account: VoiceAccount, password: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { number, features, mayCall } = account;
    // RFC 3261 section 22.4: a registrar needs H(A1) only.
    const digest = createHash('sha256').update(`${number}:isp:${password}`).digest('hex');
    await this.database.query(REGISTER, [stepKey, number, digest, mayCall, JSON.stringify(features)]);
  }

  async readBack(number: string): Promise<VoiceAccount | undefined> {
    return (await this.database.query<VoiceAccount>(READ_BACK, [number]))[0];
  }

  async remove(stepKey: string, number: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.database.query(REMOVE, [stepKey, number]);
  }
}
