import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { redisAvailable, startRedis } from './redis.js';

const withRedis = redisAvailable() ? describe : describe.skip;

withRedis('test Redis', () => {
  it('keeps its data over a kill when told to, on the same port', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'isp-redis-spec-'));
    const args = ['--appendonly', 'yes', '--appendfsync', 'always'];
    const first = await startRedis({ dir, args });
    const client = new Redis(first.url, { retryStrategy: () => 50 });
    client.on('error', () => undefined);
    await client.set('kept', 'yes');
    await first.kill();
    const second = await startRedis({ dir, args, port: first.port });
    expect(await client.get('kept')).toBe('yes');
    client.disconnect();
    await second.stop();
    await rm(dir, { recursive: true });
  });

  it('says why it does not start', async () => {
    const first = await startRedis();
    await expect(startRedis({ port: first.port })).rejects.toThrow(
      /did not start on port \d+: .*Address already in use/,
    );
    await first.stop();
  });
});
