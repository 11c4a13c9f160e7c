import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, envSchema, loadConfig } from '@isp/platform/config';

const KEY = `k1:${Buffer.alloc(32, 7).toString('base64')}`;
const minimal = { DATABASE_URL: 'postgres://isp_app@127.0.0.1/isp', ISP_MASTER_KEYS: KEY };

function exampleSettings(): Map<string, string> {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  return new Map(
    [...text.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

describe('.env.example', () => {
  it('lists exactly the settings that the program reads', () => {
    expect([...exampleSettings().keys()].sort()).toEqual(Object.keys(envSchema.shape).sort());
  });

  it('shows the defaults that are in force', () => {
    const config = loadConfig(minimal) as Record<string, unknown>;
    const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
    const commented = [...text.matchAll(/^# ([A-Z][A-Z0-9_]+)=(.+)$/gm)];
    for (const [, name = '', value] of commented.filter(([, key = '']) => config[key] !== undefined)) {
      expect([name, value]).toEqual([name, String(config[name])]);
    }
  });
});

describe('loadConfig', () => {
  it('names a missing setting', () => {
    expect(() => loadConfig({ ISP_MASTER_KEYS: KEY })).toThrow(/DATABASE_URL/);
  });

  it('names a wrong one', () => {
    expect(() => loadConfig({ ...minimal, PORT: 'eighty' })).toThrow(/PORT/);
    expect(() => loadConfig({ ...minimal, ISP_MASTER_KEYS: 'k1:short' })).toThrow(ConfigError);
  });

  it('names a mail server whose password cannot be read', () => {
    const from = { ...minimal, ISP_MAIL_FROM: 'billing@isp.example' };
    for (const password of ['100%', 'a%zz', '%ff'])
      expect(() => loadConfig({ ...from, ISP_SMTP_URL: `smtp://isp:${password}@mail.example` })).toThrow(
        /ISP_SMTP_URL: has a % escape/,
      );
    expect(loadConfig({ ...from, ISP_SMTP_URL: 'smtp://isp:100%25@mail.example' }).ISP_SMTP_URL).toContain('100%25');
  });

  it('refuses a name it does not know, so that a typo cannot pass', () => {
    expect(() => loadConfig({ ...minimal, ISP_LOG_LEVL: 'info' })).toThrow(/unknown setting ISP_LOG_LEVL/);
  });

  it('refuses test aids in a live deployment', () => {
    expect(() => loadConfig({ ...minimal, ISP_MODE: 'live', ISP_FAIL_POINT: 'http.before-answer' })).toThrow(
      /sandboxes only/,
    );
  });
});
