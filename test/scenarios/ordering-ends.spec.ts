import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Body, MISSING, OrderingWorld } from '../support/ordering-world.js';
import { until } from '../support/until.js';

let w: OrderingWorld;

const usernameOf = (service: string) =>
  `SELECT u.username FROM subscribers u JOIN services s ON s.id = u.service_id WHERE s.guid = '${service}'`;
const onTheNetwork = (service: string) =>
  `SELECT 1 FROM simulated_network.subscribers WHERE username IN (${usernameOf(service)})`;

/** What convergence tells a router about a service comes there when the removal has been carried out, and not yet looked at. */
const APPLIED_AFTER_REMOVAL = `
  UPDATE devices SET settings = settings || '{"latency_ms": 1000}' WHERE driver = 'simulated';
  CREATE FUNCTION simulated_network.comes_late() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      FOR turn IN 1..250 LOOP
        EXIT WHEN EXISTS (SELECT FROM simulated_network.effects e WHERE e.subscriber = NEW.subscriber AND e.operation = 'remove');
        PERFORM pg_sleep(0.02);
      END LOOP;
      RETURN NEW;
    END $$;
  CREATE TRIGGER comes_late BEFORE INSERT ON simulated_network.effects FOR EACH ROW
    WHEN (NEW.operation = 'apply' AND NEW.step_key LIKE 'converge-%') EXECUTE FUNCTION simulated_network.comes_late()`;
const LATE = `SELECT 1 FROM simulated_network.effects WHERE operation = 'apply' AND step_key LIKE 'converge-%'`;

beforeAll(async () => {
  w = await OrderingWorld.open();
}, 120_000);
afterAll(() => w.close(), 60_000);

describe('an order that is cancelled', () => {
  it('by its ISP, before anybody went there, undoes everything', async () => {
    const at = w.plot();
    const { service } = await w.ordered(at);
    const answer = await w.send('DELETE', `/services/${service}?reason=Changed%20their%20mind`);
    expect([answer.status, answer.json()]).toEqual([
      200,
      expect.objectContaining({ status: 'Cancelled', cancelled: true, cancellation_reason: 'Changed their mind' }),
    ]);
    expect((await w.get(`/work-orders?service=${service}`)).json()).toMatchObject({
      items: [{ status: 'Cancelled', client_status: 'Order cancelled' }],
    });
    expect(await w.premiseOf(at)).toBe('vacant');
    expect((await w.send('DELETE', `/services/${service}`)).status).toBe(400);
    await w.ordered(at, w.south);
  });

  it('by the operator, with its work order, frees the premise', async () => {
    const at = w.plot();
    const { service } = await w.ordered(at);
    const path = `/work-orders/${await w.workOrderOf(service)}/cancel`;
    expect((await w.asOperator('POST', path, { reason: 'No duct to the house' })).status).toBe(200);
    expect(await w.serviceOf(service)).toMatchObject({
      status: 'Cancelled',
      cancellation_reason: 'No duct to the house',
    });
    expect(await w.premiseOf(at)).toBe('vacant');
    await w.ordered(at, w.south);
    // In one transaction, and not by a listener that was quick.
    const ends = `SELECT o.ended_at = w.cancelled_at AS at_once, o.end_reason AS reason FROM orders o
      JOIN services s ON s.id = o.service_id JOIN work_orders w ON w.service_id = s.id WHERE s.guid = '${service}'`;
    expect(await w.sql(ends)).toEqual([{ at_once: true, reason: 'No duct to the house' }]);
  });

  it('by both sides at the same time, ends once', async () => {
    const at = w.plot();
    const { service } = await w.ordered(at);
    const path = `/work-orders/${await w.workOrderOf(service)}/cancel`;
    const answers = await Promise.all([
      w.asOperator('POST', path, { reason: 'No duct to the house' }),
      w.send('DELETE', `/services/${service}`),
    ]);
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    expect(await w.premiseOf(at)).toBe('vacant');
  });

  it('when it works already, leaves the network', async () => {
    const at = w.plot();
    const { service } = await w.ordered(at);
    await w.complete(service);
    await w.statusIs(service, 'Active');
    expect((await w.send('DELETE', `/services/${service}`)).json()).toMatchObject({ status: 'Cancelled' });
    expect(await w.premiseOf(at)).toBe('vacant');
    await until('it is off the network', async () => (await w.sql(onTheNetwork(service))).length === 0);
  }, 60_000);

  it('leaves the network also where the router is told late what the service was to be before', async () => {
    await w.sql(APPLIED_AFTER_REMOVAL);
    const at = w.plot();
    const { service } = await w.ordered(at);
    await w.complete(service);
    await w.statusIs(service, 'Active');
    expect((await w.send('DELETE', `/services/${service}`)).json()).toMatchObject({ status: 'Cancelled' });
    const jobs = `SELECT j.status, j.kind FROM provisioning_jobs j JOIN services s ON s.id = j.service_id WHERE s.guid = '${service}' ORDER BY j.id`;
    await until('the job is done', async () => (await w.sql<Body>(jobs)).at(1)?.['status'] === 'succeeded');
    await until(
      'the late order is carried out',
      async () => (await w.sql(`${LATE} AND subscriber IN (${usernameOf(service)})`)).length > 0,
    );
    await until('it is off the network', async () => (await w.sql(onTheNetwork(service))).length === 0);
  }, 60_000);

  it('leaves the network also where a try to tell the router died with its worker', async () => {
    const { service } = await w.ordered();
    await w.complete(service);
    await w.statusIs(service, 'Active');
    await w.send('DELETE', `/services/${service}`);
    await until('it is off the network', async () => (await w.sql(onTheNetwork(service))).length === 0);
    const [row] = await w.sql<{ id: number }>(`SELECT id FROM services WHERE guid = '${service}'`);
    await until(
      'it has left',
      async () =>
        (await w.sql(`SELECT 1 FROM subscribers WHERE service_id = ${row?.id} AND address IS NULL`)).length > 0,
    );
    await w.sql(`
      INSERT INTO simulated_network.subscribers (router_id, username, state)
      SELECT router_id, username, '{}' FROM subscribers WHERE service_id = ${row?.id};
      INSERT INTO work_items (queue, name, payload, epoch, deaths) VALUES ('network', 'network.converge', '{"service_id": ${row?.id}}', 1, 1)`);
    await until('it is off the network again', async () => (await w.sql(onTheNetwork(service))).length === 0);
  }, 60_000);

  it('while it is being provisioned, calls the job back', async () => {
    const at = w.plot();
    const { service } = await w.ordered(at);
    await w.complete(service);
    const answer = await w.send('DELETE', `/services/${service}?reason=Moved`);
    expect(answer.status).toBe(200);
    await w.statusIs(service, 'Cancelled');
    await until('the premise is vacant', async () => (await w.premiseOf(at)) === 'vacant');
    expect(await w.serviceOf(service)).toMatchObject({ cancellation_reason: 'Moved' });
  }, 60_000);

  it('with its service, ended by the operator, takes its work order along', async () => {
    const at = w.plot();
    const { service } = await w.ordered(at);
    const [row] = await w.sql<{ id: number }>(`SELECT id FROM services WHERE guid = '${service}'`);
    expect((await w.asOperator('POST', `/services/${row?.id}/terminate`, { reason: 'Fraud' })).status).toBe(200);
    await until('the premise is vacant', async () => (await w.premiseOf(at)) === 'vacant');
    await until('nobody goes there', async () => {
      const [order] = (await w.get(`/work-orders?service=${service}`)).json<{ items: Body[] }>().items;
      return order?.['status'] === 'Cancelled';
    });
  });
});

describe('what is another ISP’s', () => {
  it('is the same 404 as what does not exist, in every operation', async () => {
    const { service, customer } = await w.ordered(w.plot(), w.south);
    const [found] = (await w.get(`/work-orders?service=${service}`, w.south)).json<{ items: Body[] }>().items;
    const calls: readonly (readonly [string, string, string, unknown?])[] = [
      ['GET', '/services/:id', service],
      ['GET', '/services/:id/full', service],
      ['PUT', '/services/:id', service, { isp_reference: 'mine' }],
      ['DELETE', '/services/:id', service],
      ['GET', '/customers/:id/services', customer],
      ['GET', '/work-orders?service=:id', service],
      ['GET', '/work-orders/:id', String(found?.['id'])],
    ];
    for (const [method, path, id, body] of calls) {
      const [foreign, missing] = [
        await w.send(method, path.replace(':id', id), body),
        await w.send(method, path.replace(':id', MISSING), body),
      ];
      expect([path, foreign.status, foreign.text]).toEqual([path, 404, missing.text]);
      expect(foreign.json()).toEqual({ code: 404, errors: ['not found'] });
    }
    for (const path of [`/services?q=${String(found?.['reference'])}`, '/services?page_size=100'])
      expect((await w.get(path)).text).not.toContain(service);
  });
});
