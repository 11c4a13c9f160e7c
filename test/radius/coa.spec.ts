import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { systemClock } from '@isp/kernel';
import { type DeviceRef, type NasSession, RadiusCoa, type SessionRef } from '@isp/domain/network';
import { type Attribute, encodeRequest, eventTimestamp, RADIUS_CODE } from '@isp/platform/radius';
import { describeWith, printed, programPath } from './programs.js';
import { freeUdpPort } from './support.js';
import { NAS_SECRET, simulatedWorld, type SimulatedWorld } from './simulated.js';

const never = new AbortController().signal;

describeWith(['radclient'], 'radclient against the simulated NAS', () => {
  let world: SimulatedWorld;
  let session: NasSession;

  beforeEach(async () => {
    world = await simulatedWorld();
    world.backend.add('anna');
    const answer = await world.nas.dialIn({ username: 'anna', password: 'pw of anna', method: 'chap' });
    if (answer.outcome !== 'accepted') throw new Error(answer.outcome);
    session = answer.session;
  });
  afterEach(() => world.close());

  const order = (kind: 'disconnect' | 'coa', attributes: string, secret = NAS_SECRET): Promise<string> =>
    printed(
      'radclient',
      ['-x', '-r', '1', '-t', '1', `127.0.0.1:${world.nas.coaPort}`, kind, secret],
      `${attributes}\n`,
    );
  const stamp = (secondsAgo = 0) => `Event-Timestamp=${Math.floor(Date.now() / 1000) - secondsAgo}`;
  const mine = () => `Acct-Session-Id="${session.id}",User-Name="anna"`;
  const signed = (secondsAgo = 0) => `${stamp(secondsAgo)},Message-Authenticator=0x00`;

  it('changes a rate, is told the truth about a second try, and ends the session', async () => {
    const rate = await order('coa', `${mine()},Mikrotik-Rate-Limit="2M/8M",${signed()}`);
    expect(rate).toContain('Received CoA-ACK');
    expect(session.rate).toEqual({ uploadKbps: 2_000, downloadKbps: 8_000 });
    expect(await order('disconnect', `${mine()},Framed-IP-Address=100.64.0.1,${signed()}`)).toContain(
      'Received Disconnect-ACK',
    );
    const again = await order('disconnect', `${mine()},${signed()}`);
    expect(again).toContain('Received Disconnect-NAK');
    expect(again).toContain('Error-Cause = Session-Context-Not-Found');
  });

  it('is told why it is refused', async () => {
    const cause = async (attributes: string) =>
      /Error-Cause = (\S+)/.exec(await order('coa', `${attributes},${signed()}`))?.[1];
    expect(await cause(`${mine()},NAS-Identifier="bng-2"`)).toBe('NAS-Identification-Mismatch');
    expect(await cause(`${mine()},NAS-IP-Address=192.0.2.1`)).toBe('NAS-Identification-Mismatch');
    expect(await cause(`${mine()},Mikrotik-Rate-Limit="fast"`)).toBe('Invalid-Attribute-Value');
    expect(await cause(`${mine()},Filter-Id="x"`)).toBe('Unsupported-Attribute');
    expect(await cause('NAS-Identifier="bng-1"')).toBe('Missing-Attribute');
  });

  it.each<[string, () => Promise<string>]>([
    ['a wrong secret', () => order('disconnect', `${mine()},${signed()}`, 'wrong')],
    ['no Message-Authenticator', () => order('disconnect', `${mine()},${stamp()}`)],
    ['a stale Event-Timestamp', () => order('disconnect', `${mine()},${signed(600)}`)],
    ['no Event-Timestamp', () => order('disconnect', `${mine()},Message-Authenticator=0x00`)],
  ])('hears nothing with %s', async (_, attempt) => {
    expect(await attempt()).toContain('No reply from server');
    expect(world.nas.sessions()).toHaveLength(1);
  });
});

describeWith(['radclient'], 'radclient at the embedded responder', () => {
  it('is accepted and rejected by PAP and CHAP, and gets nothing without a Message-Authenticator', async () => {
    const world = await simulatedWorld();
    try {
      world.backend.add('anna');
      const login = (attributes: string, sign = ',Message-Authenticator=0x00') =>
        printed(
          'radclient',
          ['-x', '-r', '1', '-t', '1', `127.0.0.1:${world.responder.authenticationPort}`, 'auth', NAS_SECRET],
          `User-Name="anna",${attributes}${sign}\n`,
        );
      const accepted = await login('User-Password="pw of anna"');
      expect(accepted).toContain('Received Access-Accept');
      expect(accepted).toContain('Mikrotik-Rate-Limit = "10M/100M"');
      expect(accepted).toContain('Delegated-IPv6-Prefix = 2001:db8::/56');
      expect(accepted).toContain('Class = 0x7376633a30');
      expect(await login('CHAP-Password="pw of anna"')).toContain('Received Access-Accept');
      for (const wrong of ['User-Password="no"', 'CHAP-Password="no"']) {
        const rejected = await login(wrong);
        expect(rejected).toContain('Received Access-Reject');
        expect(rejected).not.toContain('Mikrotik');
      }
      expect(await login('User-Password="pw of anna"', '')).toContain('No reply from server');
    } finally {
      await world.close();
    }
  });
});

describeWith(['freeradius'], "radius-coa against FreeRADIUS's own listener", () => {
  const SECRET = 'coa secret';
  let directory: string;
  let port: number;
  let server: ChildProcess;
  let driver: RadiusCoa;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'isp-coa-'));
    port = await freeUdpPort();
    await writeFile(join(directory, 'radiusd.conf'), configuration(directory, port, SECRET));
    const args = ['-d', directory, '-f', '-l', join(directory, 'radiusd.log')];
    server = spawn(programPath('freeradius') ?? 'freeradius', args, { stdio: 'ignore' });
    const log = () => readFile(join(directory, 'radiusd.log'), 'utf8').catch(() => '');
    for (let waited = 0; !(await log()).includes('Ready to process requests'); waited += 50) {
      if (waited > 10_000 || server.exitCode !== null) throw new Error(`FreeRADIUS did not start: ${await log()}`);
      await sleep(50);
    }
    driver = new RadiusCoa(systemClock);
  });
  afterAll(async () => {
    await driver?.onApplicationShutdown();
    if (server.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    await rm(directory, { recursive: true, force: true });
  });

  const device = (secret = SECRET, settings = {}): DeviceRef => ({
    id: 1,
    name: 'freeradius',
    settings: { coa_port: port, ...settings },
    nasAddress: '127.0.0.1',
    secrets: { radius: secret },
  });
  const ref = (username: string): SessionRef => ({
    username,
    sessionId: '%lX6b014eeb%hX',
    framedAddress: '100.64.0.9',
    nasAddress: '127.0.0.1',
    nasIdentifier: 'bng-1',
  });
  const change = { downloadKbps: 20_000, uploadKbps: 5_000, access: 'walled_garden' } as const;

  it('is acknowledged', async () => {
    expect(await driver.disconnect(device(), ref('anna'), never)).toBe('acknowledged');
    expect(await driver.change(device(), ref('anna'), change, never)).toBe('acknowledged');
  });

  it('learns that there is no such session, and that an order is prohibited', async () => {
    expect(await driver.disconnect(device(), ref('ghost'), never)).toBe('no_such_session');
    await expect(driver.change(device(), ref('prohibited'), change, never)).rejects.toMatchObject({
      code: 'network.device.refused',
      message: expect.stringContaining('501'),
    });
  });

  it('hears nothing with a wrong secret, and calls it silence', async () => {
    const started = performance.now();
    await expect(driver.disconnect(device('wrong'), ref('anna'), never)).rejects.toMatchObject({
      code: 'network.device.silent',
    });
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('is not believed where a device’s answers are to be signed: FreeRADIUS signs none', async () => {
    const strict = device(SECRET, { coa_require_message_authenticator: true });
    await expect(driver.disconnect(strict, ref('anna'), never)).rejects.toMatchObject({
      code: 'network.device.silent',
    });
  }, 30_000);

  it('understands each other with 500 orders at once, every one answered as it was meant', async () => {
    const names = Array.from({ length: 500 }, (_, at) => (at % 3 === 0 ? 'ghost' : `user${at}`));
    const answers = await Promise.all(names.map((name) => driver.disconnect(device(), ref(name), never)));
    expect(answers).toEqual(names.map((name) => (name === 'ghost' ? 'no_such_session' : 'acknowledged')));
  });

  it('has its Message-Authenticator verified: a wrong one is silence', async () => {
    const socket = createSocket('udp4');
    const { DisconnectRequest: code, DisconnectAck } = RADIUS_CODE;
    const about: Attribute[] = [['User-Name', 'anna'], eventTimestamp(new Date())];
    const forged: Attribute[] = [['Message-Authenticator', Buffer.alloc(16, 7)], ...about];
    const heard: Buffer[] = [];
    socket.on('message', (datagram) => heard.push(datagram));
    const send = async (octets: Buffer) => {
      socket.send(octets, port, '127.0.0.1');
      await sleep(300);
    };
    await send(encodeRequest({ code, identifier: 1, secret: SECRET, attributes: forged, messageAuthenticator: false }));
    expect(heard).toEqual([]);
    await send(encodeRequest({ code, identifier: 2, secret: SECRET, attributes: about }));
    expect(heard.map(([answer]) => answer)).toEqual([DisconnectAck]);
    socket.close();
  });
});

function configuration(directory: string, port: number, secret: string): string {
  return `
prefix = /usr
raddbdir = ${directory}
logdir = ${directory}
run_dir = ${directory}
libdir = /usr/lib/freeradius
max_requests = 4096
cleanup_delay = 1
security {
  reject_delay = 0
}
proxy_requests = no
thread pool {
  start_servers = 2
  max_servers = 4
  min_spare_servers = 1
  max_spare_servers = 2
}
modules {
  always reject {
    rcode = reject
  }
  always ok {
    rcode = ok
  }
}
client ours {
  ipaddr = 127.0.0.1
  secret = "${secret}"
}
server coa {
  listen {
    type = coa
    ipaddr = 127.0.0.1
    port = ${port}
  }
  recv-coa {
    if (&User-Name == "ghost") {
      update reply {
        &Error-Cause := Session-Context-Not-Found
      }
      reject
    }
    if (&User-Name == "prohibited") {
      update reply {
        &Error-Cause := Administratively-Prohibited
      }
      reject
    }
    ok
  }
  send-coa {
    ok
  }
}
`;
}
