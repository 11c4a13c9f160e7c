import { describe, expect, it } from '@jest/globals';
import { DomainError, monotonicMs } from '@isp/kernel';
import { PasswordHasher } from './password-hasher.js';

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = monotonicMs();
  await work();
  return monotonicMs() - start;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number;

describe('PasswordHasher', () => {
  const hasher = new PasswordHasher();

  it('hashes with argon2id at the agreed cost and verifies', async () => {
    const digest = await hasher.hash('correct horse');
    expect(digest).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.verify(digest, 'correct horse')).toBe(true);
    expect(await hasher.verify(digest, 'correct horsf')).toBe(false);
    expect(await hasher.hash('correct horse')).not.toBe(digest);
    expect(hasher.needsRehash(digest)).toBe(false);
    expect(hasher.needsRehash(digest.replace('m=19456', 'm=4096'))).toBe(true);
    expect(hasher.needsRehash('$2b$10$abcdefghijklmnopqrstuv')).toBe(true);
  });

  it('says no to a digest that is none', async () => {
    for (const digest of ['', 'plain', '$argon2id$v=19$m=1', '$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA']) {
      expect(await hasher.verify(digest, '')).toBe(false);
    }
  });

  it('takes as long for a user that does not exist', async () => {
    const digest = await hasher.hash('correct horse');
    const known: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < 15; round += 1) {
      known.push(await timed(() => hasher.verify(digest, 'wrong')));
      unknown.push(await timed(() => hasher.verifyAbsent('wrong')));
    }
    const ratio = median(unknown) / median(known);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
    expect(await hasher.verifyAbsent('anything')).toBe(false);
  });

  it('admits two at once, lets twenty wait and refuses the rest', async () => {
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => hasher.verifyAbsent()));
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(refused).toHaveLength(8);
    for (const error of refused) {
      expect(error).toBeInstanceOf(DomainError);
      expect(error).toMatchObject({ code: 'crypto.password.busy', kind: 'unavailable', retryAfterSeconds: 1 });
    }
    expect(await hasher.verifyAbsent()).toBe(false);
  });
});
