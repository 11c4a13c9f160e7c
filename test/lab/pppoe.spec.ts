import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { loadConfig } from '@isp/platform/config';
import { type RunningProgram, startProgram } from '../../apps/wiring/program.js';
import { RADIUS_KEY, RadiusServer, radiusLogin } from '../radius/support.js';
import { type ApiWorld, apiWorld, MASTER_KEYS } from '../support/api-world.js';
import { describeUnless } from '../support/needs.js';
import { Gateway, type LineUp, missingForLab } from './gateway.js';

const SECRET = 'secret-of-the-gateway';

interface Session {
  readonly session_id: string;
  readonly framed_ip_address: string | null;
  readonly bytes_uploaded: number;
  readonly bytes_downloaded: number;
  readonly terminate_cause: string | null;
}

describeUnless(missingForLab(), 'a subscriber of ours with a real PPPoE line', () => {
  let world: ApiWorld;
  let worker: RunningProgram;
  let gateway: Gateway;
  let server: RadiusServer;
  let key: string;
  let serviceId: number;
  let fastPlan: number;
  let own: string;

  beforeAll(async () => {
    const booting = Gateway.boot();
    const settings = { ISP_RADIUS_KEY: RADIUS_KEY };
    world = await apiWorld({ settings });
    const { appUrl, superUrl } = world.database;
    const config = { DATABASE_URL: appUrl, ISP_MASTER_KEYS: MASTER_KEYS, ISP_LOG_LEVEL: 'silent', PORT: '0' };
    worker = await startProgram(loadConfig({ ...config, ...settings }), { api: false, worker: true });
    key = await world.keyOf(1, PERMISSIONS, 'all');
    const database = await radiusLogin(superUrl);
    gateway = await booting;
    // pppd's RADIUS client does not sign its requests: this is the old NAS that the setting is for.
    const old = { RADIUS_LISTEN: gateway.host, RADIUS_REQUIRE_MESSAGE_AUTHENTICATOR: 'no' };
    server = await RadiusServer.start({ database, settings: old });
    await sell();
    const opened = { authPort: server.authPort, acctPort: server.acctPort, secret: SECRET };
    await gateway.open(opened);
  }, 90_000);
  afterAll(async () => {
    await gateway?.close();
    await server?.stop();
    await worker?.stop(0);
    await world?.close();
  }, 30_000);

  async function call<T = { id: number }>(method: string, path: string, body?: object): Promise<T> {
    const answer = await world.ask(`/v1${path}`, { method, key, ...(body ? { body } : {}) });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json<T>();
  }
  const get = <T>(path: string) => call<T>('GET', path);

  /** Everything that an operator does before somebody is online. */
  async function sell(): Promise<void> {
    for (const [name, mbps] of [
      ['lab-20', 20],
      ['lab-50', 50],
    ] as const)
      await call('POST', '/bandwidth-profiles', { name, download_kbps: mbps * 1_000, upload_kbps: 5_000 });
    const plan = (sku: string, speed_download_mbps: number) =>
      call('POST', '/plans', {
        sku,
        name: sku,
        category: 'Lab',
        service_type: 'internet',
        speed_download_mbps,
        speed_upload_mbps: 5,
        monthly_fee: 30,
      });
    const [slow, fast] = [await plan('LAB-20', 20), await plan('LAB-50', 50)];
    fastPlan = fast.id;
    const bng = { name: 'bng-1', kind: 'bng', driver: 'simulated', session_driver: 'radius-coa' };
    const { id: device_id } = await call('POST', '/network/devices', bng);
    await call('POST', '/network/nas', { device_id, address: gateway.address, identifier: 'bng-1', secret: SECRET });
    const { id: prefix_id } = await call('POST', '/network/prefixes', {
      prefix: '100.64.200.0/24',
      role: 'assignment',
      device_id,
    });
    await call('POST', '/network/pools', { prefix_id, name: 'lab', kind: 'ipv4' });
    const customer = await call('POST', '/customers', {
      name: 'Lab',
      email: 'lab@spec.example',
      phone: '+12025550123',
    });
    const service = await call(`POST`, `/customers/${customer.id}/services/internet`, { plan_id: slow.id });
    serviceId = service.id;
    await call('POST', `/services/${serviceId}/provision`, { provisioning_data: { router_id: device_id } });
    await gateway.until(
      'provisioned',
      async () => (await get<{ status: string }>(`/services/${serviceId}`)).status === 'active',
    );
  }

  const sessions = async (state: 'open' | 'closed') =>
    (await get<{ sessions: Session[] }>(`/services/${serviceId}/sessions?state=${state}`)).sessions;
  const openSession = () => gateway.until('an open session', async () => (await sessions('open'))[0]);
  const closed = (id: string) =>
    gateway.until('its Stop', async () => (await sessions('closed')).find(({ session_id }) => session_id === id));
  /** The line comes up another time, as the condition has it. */
  const up = (is: (line: LineUp) => boolean, after = 0) =>
    gateway.until('a line', async () => (await gateway.ups()).find((line) => line.attempt > after && is(line)));
  const last = async () => (await gateway.ups()).at(-1)?.attempt ?? 0;
  const suspend = (walled_garden: boolean) =>
    call('POST', `/services/${serviceId}/suspend`, { cause: 'payment', walled_garden });
  const reactivate = () => call('POST', `/services/${serviceId}/reactivate`, { cause: 'payment' });
  const settled = () =>
    gateway.until('confirmed', async () => {
      const [row] = await world.sql<{ convergence: string }>(
        `SELECT convergence FROM subscribers WHERE service_id = ${serviceId}`,
      );
      return row?.convergence === 'confirmed';
    });

  it('dials in with CHAP over VLAN 100, has the address and the rate that it was sold, and is seen to', async () => {
    const { username, password } = await get<{ username: string; password: string }>(
      `/services/${serviceId}/credentials`,
    );
    await gateway.dial(100, username, password);
    const line = await up(() => true);
    own = line.address;
    const session = await openSession();
    expect(own).toMatch(/^100\.64\.200\.\d+$/);
    expect(line).toMatchObject({ queue: '20Mbit', pings: 20 });
    expect(line.attributes).toMatchObject({
      'Mikrotik-Rate-Limit': '5000k/20000k',
      'WISPr-Bandwidth-Max-Down': '20000000',
      'WISPr-Bandwidth-Max-Up': '5000000',
      'Acct-Interim-Interval': '300',
    });
    expect(session).toMatchObject({ framed_ip_address: own, nas_identifier: 'bng-1', terminate_cause: null });
  }, 60_000);

  it('changes its plan: the running session has the other rate', async () => {
    const before = await openSession();
    await call('POST', `/services/${serviceId}/change-plan`, { plan_id: fastPlan, when: 'now' });
    await gateway.until('the queue', async () =>
      (await gateway.events()).some((line) => /^queue .* rate 50Mbit /.test(line)),
    );
    await settled();
    expect((await openSession()).session_id).toBe(before.session_id);
  }, 60_000);

  it('is suspended: its session ends, what it carried is counted to the byte, and it comes back in the garden', async () => {
    const [before, attempt] = [await openSession(), await last()];
    await suspend(true);
    const ended = await closed(before.session_id);
    const client = await gateway.until('the end', () => gateway.counted(attempt));
    // 20 pings of 1,028 octets went either way; the equipment counts as well how the end was agreed upon.
    for (const [counted, own] of [
      [ended.bytes_uploaded, client.sent],
      [ended.bytes_downloaded, client.received],
    ] as const) {
      expect(counted).toBeGreaterThanOrEqual(20 * 1_028);
      expect(Math.abs(own - counted)).toBeLessThan(200);
    }
    const usage = await get<{ total: Record<string, number> }>(`/services/${serviceId}/usage`);
    const { bytes_uploaded, bytes_downloaded } = ended;
    expect(usage.total).toMatchObject({ bytes_uploaded, bytes_downloaded });
    const walled = await up(({ address }) => address.startsWith('10.99.100.'), attempt);
    expect(walled.attributes).toMatchObject({ 'Mikrotik-Address-List': 'walled-garden', 'Session-Timeout': '600' });
    await settled();
  }, 60_000);

  it('pays: it is back with its own address and the new rate', async () => {
    const attempt = await last();
    await reactivate();
    expect(await up(({ address }) => address === own, attempt)).toMatchObject({ queue: '50Mbit', pings: 20 });
    await settled();
  }, 60_000);

  it('is closed altogether: it is refused, and that is on record', async () => {
    const [before] = [await openSession()];
    await suspend(false);
    await closed(before.session_id);
    await gateway.until('a refusal', async () => (await gateway.events()).some((line) => line.startsWith('refused')));
    const path = `/services/${serviceId}/auth-attempts?result=rejected`;
    expect((await get<{ auth_attempts: unknown[] }>(path)).auth_attempts.length).toBeGreaterThan(0);
    expect(await sessions('open')).toEqual([]);
  }, 60_000);

  it('comes back by itself, and with MS-CHAPv2 on the other VLAN as well', async () => {
    const { username, password } = await get<{ username: string; password: string }>(
      `/services/${serviceId}/credentials`,
    );
    await gateway.dial(200, username, password);
    const attempt = await last();
    await reactivate();
    expect(await up(({ address }) => address === own, attempt)).toMatchObject({ queue: '50Mbit', pings: 20 });
    await settled();
    expect(await openSession()).toMatchObject({ framed_ip_address: own });
    await gateway.hangUp();
  }, 60_000);
});
