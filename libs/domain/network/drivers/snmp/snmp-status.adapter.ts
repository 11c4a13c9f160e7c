import { Injectable } from '@nestjs/common';
import type { DeviceReading, StatusDriver, StatusTarget } from '../status-driver.port.js';
import { questionsOf, readingFrom } from './oid-map.js';
import { SnmpSessions } from './snmp-sessions.js';

/**
 * SNMP v2c, or v3 with authentication and privacy. What is asked stands in the device's model.
 * `settings.snmp`: `version` 2c or 3, `port`, and for v3 `user`, `auth` (sha256 …), `priv` (aes …); `settings.index` fills
 * `{index}`. Credentials: `snmp_community`, or `snmp_auth_key` and `snmp_priv_key`.
 */
@Injectable()
export class SnmpStatus implements StatusDriver {
  readonly name = 'snmp';

  constructor(private readonly sessions: SnmpSessions) {}

  async read({ device, asked, oids, ponPort, onuIndex }: StatusTarget, signal: AbortSignal): Promise<DeviceReading> {
    const index = device.settings['index'];
    const place = {
      pon: ponPort,
      onu: onuIndex,
      index: typeof index === 'number' || typeof index === 'string' ? String(index) : null,
    };
    const questions = questionsOf(oids, place);
    const wanted = questions.map(([, oid]) => oid);
    const answers = await this.sessions.get(asked, wanted, signal);
    const reading = readingFrom(oids, new Map(questions.map(([name], at) => [name, answers[at] ?? null])));
    // Whoever answers for itself is there; what an OLT says of an ONT may be that it is not.
    return reading.online === null && asked.id === device.id ? { ...reading, online: true } : reading;
  }
}
