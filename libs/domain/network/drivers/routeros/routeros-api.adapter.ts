import { Injectable } from '@nestjs/common';
import type { DeviceRef, PlannedChange, SubscriberDriver, SubscriberState } from '../device-driver.port.js';
import { plannedChanges } from '../planned-changes.js';
import { RouterOsClient } from './routeros-client.js';
import { hasQueues, queueName, queueWords, secretWords, stateOf } from './subscriber-words.js';

type Row = Readonly<Record<string, string>>;

/**
 * MikroTik RouterOS over its API: a subscriber is a PPP secret, disabled when closed, and a simple queue that limits its
 * rate (`settings.routeros.limit`: `radius` leaves that to Mikrotik-Rate-Limit). Sessions that the router itself let in
 * with another address or access are ended; those of RADIUS are its own affair. Tested against the protocol, not against a
 * device.
 */
@Injectable()
export class RouterOsRouter implements SubscriberDriver {
  readonly name = 'routeros-api';

  async plan(device: DeviceRef, wanted: SubscriberState, signal: AbortSignal): Promise<readonly PlannedChange[]> {
    return plannedChanges(await this.readBack(device, wanted.username, signal), wanted);
  }

  /** Setting what is there and adding what is not: repeating it changes nothing. */
  apply(device: DeviceRef, _stepKey: string, wanted: SubscriberState, signal: AbortSignal): Promise<void> {
    return talk(device, signal, async (client) => {
      const { username } = wanted;
      const before = await readState(client, device, username);
      // The queue first: nobody is online without a limit.
      if (hasQueues(device)) await put(client, '/queue/simple', queueName(username), queueWords(wanted));
      await put(client, '/ppp/secret', username, secretWords(device, wanted), ['=service=pppoe']);
      if (before?.ipv6Prefix && !wanted.ipv6Prefix) await unset(client, '/ppp/secret', username, 'remote-ipv6-prefix');
      const changed = before ? plannedChanges(before, wanted).map(({ what }) => what) : [];
      if (changed.some((what) => what !== 'rate')) await endSessions(client, username);
    });
  }

  readBack(device: DeviceRef, username: string, signal: AbortSignal): Promise<SubscriberState | undefined> {
    return talk(device, signal, (client) => readState(client, device, username));
  }

  /** The queue last: until its session is gone, the subscriber has its limit. */
  remove(device: DeviceRef, _stepKey: string, username: string, signal: AbortSignal): Promise<void> {
    return talk(device, signal, async (client) => {
      await removeAll(client, '/ppp/secret', username);
      await endSessions(client, username);
      await removeAll(client, '/queue/simple', queueName(username));
    });
  }
}

async function talk<T>(
  device: DeviceRef,
  signal: AbortSignal,
  work: (client: RouterOsClient) => Promise<T>,
): Promise<T> {
  const client = await RouterOsClient.open(device, signal);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

const find = (client: RouterOsClient, menu: string, name: string): Promise<Row[]> =>
  client.ask([`${menu}/print`, `?name=${name}`]);

async function readState(
  client: RouterOsClient,
  device: DeviceRef,
  username: string,
): Promise<SubscriberState | undefined> {
  const [secret] = await find(client, '/ppp/secret', username);
  if (!secret) return undefined;
  const [queue] = hasQueues(device) ? await find(client, '/queue/simple', queueName(username)) : [];
  return stateOf(device, username, secret, queue);
}

async function put(
  client: RouterOsClient,
  menu: string,
  name: string,
  words: readonly string[],
  atFirst: readonly string[] = [],
): Promise<void> {
  const [there] = await find(client, menu, name);
  if (there) await client.ask([`${menu}/set`, `=.id=${there['.id'] ?? ''}`, ...words]);
  else await client.ask([`${menu}/add`, `=name=${name}`, ...atFirst, ...words]);
}

async function unset(client: RouterOsClient, menu: string, name: string, field: string): Promise<void> {
  for (const row of await find(client, menu, name))
    await client.ask([`${menu}/unset`, `=.id=${row['.id'] ?? ''}`, `=value-name=${field}`]);
}

async function removeAll(
  client: RouterOsClient,
  menu: string,
  name: string,
  is: (row: Row) => boolean = () => true,
): Promise<void> {
  for (const row of (await find(client, menu, name)).filter(is))
    await client.ask([`${menu}/remove`, `=.id=${row['.id'] ?? ''}`]);
}

const endSessions = (client: RouterOsClient, username: string): Promise<void> =>
  removeAll(client, '/ppp/active', username, ({ radius }) => radius !== 'yes' && radius !== 'true');
