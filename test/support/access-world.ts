import type { INestApplicationContext, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Actor, OPERATOR_PARTNER_ID, PERMISSIONS } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { AccessModule, accessEntities } from '@isp/domain/access';
import { AuditModule } from '@isp/domain/audit';
import { ConfigModule, loadConfig } from '@isp/platform/config';
import { CryptoModule } from '@isp/platform/crypto';
import { API_LIMITS, DatabaseModule } from '@isp/platform/database';
import { createLogger, Log, LoggingModule } from '@isp/platform/logging';

@Module({})
class World {}

/** A clock that a test moves. */
export class TestClock implements Clock {
  constructor(private at = new Date('2025-03-01T12:00:00.000Z')) {}

  now(): Date {
    return new Date(this.at);
  }

  advance(seconds: number): void {
    this.at = new Date(this.at.getTime() + seconds * 1_000);
  }
}

export interface AccessProcess {
  readonly app: INestApplicationContext;
  get<T>(type: Type<T>): T;
  close(): Promise<void>;
}

/** The access domain as one process of the program has it, on a database that others may share. */
export async function accessProcess(
  databaseUrl: string,
  clock: Clock,
  mode: 'sandbox' | 'live' = 'sandbox',
  keys?: string,
): Promise<AccessProcess> {
  const masterKeys = keys ?? `test:${Buffer.from('an access test master key 32byte').toString('base64')}`;
  const config = loadConfig({ DATABASE_URL: databaseUrl, ISP_MASTER_KEYS: masterKeys, ISP_MODE: mode });
  const settings = { url: databaseUrl, max: 8, limits: API_LIMITS, applicationName: 'access-test' };
  const imports = [
    ConfigModule.with(config, clock),
    LoggingModule.with(new Log(createLogger('silent', 'test'))),
    DatabaseModule.connect(settings, accessEntities),
    CryptoModule,
    AuditModule,
    AccessModule,
  ];
  const app = await NestFactory.createApplicationContext(
    { module: World, imports },
    { logger: false, abortOnError: false },
  );
  return { app, get: (type) => app.get(type, { strict: false }), close: () => app.close() };
}

/** The operator's administrator, without a row of its own. */
export const ROOT: Actor = {
  kind: 'user',
  name: 'user:0',
  reach: 'all',
  partnerId: OPERATOR_PARTNER_ID,
  permissions: new Set(PERMISSIONS),
};
