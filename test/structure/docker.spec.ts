import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { envSchema } from '@isp/platform/config';
import { filesOf, foldersOf, ROOT } from './trees.js';

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const PLANNED_APPS = ['api', 'worker', 'standalone', 'cli'];
const SECRET = /PASSWORD|SECRET|TOKEN|KEY/;
/** A value that is wholly taken from the environment, and required. */
const REQUIRED = /^\$\{[A-Z_]+:\?[^}]+\}$/;

/** What is wrong with a compose file; a list, so that the test can show a bad file failing. */
function composeFaults(compose: Compose, apps: readonly string[]): string[] {
  return Object.entries(compose.services).flatMap(([name, service]) => [
    ...imageFaults(name, service.image),
    ...commandFaults(name, service, apps),
    ...secretFaults(name, service.environment ?? {}),
    ...Object.keys(service.depends_on ?? {})
      .filter((other) => !(other in compose.services))
      .map((other) => `${name}: depends on ${other}, which is not there`),
    ...(name !== 'migrate' && !service.healthcheck ? [`${name}: no health check`] : []),
  ]);
}

function imageFaults(name: string, image: string): string[] {
  return /^[a-z0-9./-]+:(?!latest$)[a-z0-9.-]+$/.test(image) ? [] : [`${name}: image ${image} has no fixed tag`];
}

function commandFaults(name: string, service: Service, apps: readonly string[]): string[] {
  if (!service.build) return [];
  // Behind Node's own options.
  const started = service.command?.slice(1).find((part) => !part.startsWith('-'));
  const app = /^dist\/apps\/([a-z]+)\/main\.js$/.exec(started ?? '')?.[1];
  return app && apps.includes(app) ? [] : [`${name}: command ${service.command?.join(' ')} starts no app`];
}

function secretFaults(name: string, environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).flatMap(([variable, value]) => {
    if (SECRET.test(variable) && !REQUIRED.test(value))
      return [`${name}: ${variable} is not taken from the environment`];
    const inUrl = /:\/\/[^:@/]*:(.+)@/.exec(value)?.[1];
    return inUrl && !REQUIRED.test(inUrl) ? [`${name}: ${variable} holds a password`] : [];
  });
}

/** What is wrong with a Dockerfile. */
function dockerfileFaults(dockerfile: string): string[] {
  const lines = dockerfile.split('\n').filter((line) => /^[A-Z]/.test(line));
  const stages = lines.filter((line) => line.startsWith('FROM ')).map((line) => line.split(/\s+/)[1] ?? '');
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const user = last
    .findLast((line) => line.startsWith('USER '))
    ?.slice(5)
    .trim();
  const faults: string[] = [];
  if (stages.some((image) => imageFaults('stage', image).length > 0)) faults.push('a base image without a fixed tag');
  if (!user || user === 'root' || user === '0') faults.push('runs as root');
  if (lines.some((line) => line.startsWith('ADD '))) faults.push('ADD: use COPY');
  if (lines.some((line) => /curl|wget|git clone/.test(line))) faults.push('downloads outside npm');
  if (!last.some((line) => /^CMD \["/.test(line))) faults.push('no CMD in exec form: signals would not arrive');
  if (lines.some((line) => /^(ENV|ARG) /.test(line) && SECRET.test(line))) faults.push('a secret in the image');
  return faults;
}

describe('docker/compose.yaml', () => {
  const compose = parse(text('docker/compose.yaml'), { merge: true }) as Compose;
  const program = Object.entries(compose.services).filter(([, service]) => service.build);

  it('has no fault', () => {
    const present = foldersOf(join(ROOT, 'apps'));
    expect(composeFaults(compose, present.length > 0 ? present : PLANNED_APPS)).toEqual([]);
  });

  it('runs PostgreSQL, Redis, FreeRADIUS, the migration, the API and the worker', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['api', 'migrate', 'postgres', 'radius', 'redis', 'worker']);
  });

  it('sets only what the program reads', () => {
    const known = Object.keys(envSchema.shape);
    for (const [, service] of program) {
      expect(Object.keys(service.environment ?? {}).filter((name) => !known.includes(name))).toEqual([]);
    }
  });

  it('asks API and worker whether they are ready, after the migration', () => {
    for (const name of ['api', 'worker']) {
      expect(compose.services[name]?.healthcheck?.test.join(' ')).toContain('/health/ready');
      expect(compose.services[name]?.depends_on?.['migrate']?.condition).toBe('service_completed_successfully');
    }
  });

  it('names files and volumes that exist', () => {
    for (const [, service] of program) {
      expect(normalize(join('docker', service.build?.context ?? '?'))).toBe('.');
      expect(service.build?.dockerfile).toBe('docker/Dockerfile');
    }
    const sources = Object.values(compose.services)
      .flatMap((one) => one.volumes ?? [])
      .map((one) => one.split(':')[0] ?? '');
    const mounted = sources
      .filter((source) => source.startsWith('.'))
      .map((source) => normalize(join('docker', source)));
    const there = (path: string) => [...filesOf(join(ROOT, dirname(path))), ...foldersOf(join(ROOT, dirname(path)))];
    expect(mounted.filter((path) => !there(path).includes(path.slice(path.lastIndexOf('/') + 1)))).toEqual([]);
    expect(sources.filter((source) => !source.startsWith('.')).sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  it('would be refused with a floating tag, a password, a strange command or a lost dependency', () => {
    const bad: Compose = {
      services: {
        api: {
          image: 'isp:latest',
          build: { context: '..', dockerfile: 'docker/Dockerfile' },
          command: ['node', 'dist/apps/gone/main.js'],
          environment: { ISP_MASTER_KEYS: 'k1:secret', DATABASE_URL: 'postgres://isp:${WORD:-isp}@postgres/isp' },
          depends_on: { nothing: { condition: 'service_started' } },
        },
      },
      volumes: {},
    };
    expect(composeFaults(bad, PLANNED_APPS)).toEqual([
      'api: image isp:latest has no fixed tag',
      'api: command node dist/apps/gone/main.js starts no app',
      'api: ISP_MASTER_KEYS is not taken from the environment',
      'api: DATABASE_URL holds a password',
      'api: depends on nothing, which is not there',
      'api: no health check',
    ]);
  });
});

describe('docker/Dockerfile', () => {
  const dockerfile = text('docker/Dockerfile');

  it('has no fault', () => expect(dockerfileFaults(dockerfile)).toEqual([]));

  it('builds with the script of the repository and ships runtime packages only', () => {
    expect(dockerfile).toMatch(/^RUN node scripts\/build\.mjs$/m);
    expect(dockerfile).toMatch(/^RUN npm ci --omit=dev$/m);
  });

  it('copies only what the context lets in', () => {
    const allowed = [...text('docker/Dockerfile.dockerignore').matchAll(/^!(.+)$/gm)].map((match) => match[1]);
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) =>
      (match[1] ?? '').split(' '),
    );
    expect(copied.filter((path) => !allowed.includes(path))).toEqual([]);
    expect(filesOf(ROOT).concat(foldersOf(ROOT))).toEqual(expect.arrayContaining(copied));
  });

  it.each([
    ['runs as root', 'FROM node:22\nCMD ["node"]\n'],
    ['runs as root', 'FROM node:22 AS a\nUSER node\nFROM node:22\nCMD ["node"]\n'],
    ['a base image without a fixed tag', 'FROM node:latest\nUSER node\nCMD ["node"]\n'],
    ['a base image without a fixed tag', 'FROM node\nUSER node\nCMD ["node"]\n'],
    ['ADD: use COPY', 'FROM node:22\nADD https://example.com/a /a\nUSER node\nCMD ["node"]\n'],
    ['downloads outside npm', 'FROM node:22\nRUN curl https://example.com\nUSER node\nCMD ["node"]\n'],
    ['no CMD in exec form: signals would not arrive', 'FROM node:22\nUSER node\nCMD node main.js\n'],
    ['a secret in the image', 'FROM node:22\nENV ISP_MASTER_KEYS=a\nUSER node\nCMD ["node"]\n'],
  ])('would be refused: %s', (fault, bad) => {
    expect(dockerfileFaults(bad)).toEqual([fault]);
  });
});
