import type { INestApplicationContext, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { systemClock } from '@isp/kernel';
import { CreateDevice, type DeviceValues, NetworkModule, PollDevices } from '@isp/domain/network';
import { foundations, ROOT } from './webhooks-world.js';

@Module({})
class World {}

export interface DevicesProcess {
  readonly app: INestApplicationContext;
  get<T>(type: Type<T>): T;
  /** Asks what is due, once. */
  poll(places?: number): Promise<number>;
  /** A simulated device, in service. */
  device(values?: Partial<DeviceValues>): Promise<number>;
  close(): Promise<void>;
}

let serial = 0;

/** The network domain with its poller, as one process of the program; nothing runs by itself. */
export async function devicesProcess(databaseUrl: string): Promise<DevicesProcess> {
  const imports = [...foundations(databaseUrl, systemClock, 'api').imports, NetworkModule];
  const app = await NestFactory.createApplicationContext(
    { module: World, imports },
    { logger: false, abortOnError: false },
  );
  app.enableShutdownHooks([]);
  const get = <T>(type: Type<T>): T => app.get(type, { strict: false });
  return {
    app,
    get,
    poll: async (places) => (await get(PollDevices).execute(new AbortController().signal, places)).asked,
    device: async (values = {}) => {
      const n = (serial += 1);
      const facts = { name: `device ${n}`, kind: 'ont', statusDriver: 'simulated', serialNumber: `SN${n}` } as const;
      return (await get(CreateDevice).execute({ actor: ROOT, values: { ...facts, ...values } })).id;
    },
    close: () => app.close(),
  };
}
