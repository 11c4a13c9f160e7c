import type { Redis } from 'ioredis';
import type { RateLimitStore, TakeResult, WindowLimit } from './rate-limit.port.js';
import { layoutOf, readAnswer, shapeOf } from './window-shape.js';

/**
 * One hash a key: `last` (the latest instant seen, so that a clock set back frees nothing), and for window i its total
 * `i.t`, the index of its oldest non-empty bucket `i.o` and the buckets `i:<index>`. ARGV: wanted (0 peeks), then
 * window, bucket width and limit of each window.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
now = math.max(now, tonumber(redis.call('HGET', KEYS[1], 'last') or 0))
local wanted = tonumber(ARGV[1])
local granted, keep, dead, windows = wanted, 0, {}, {}
local function text(number) return string.format('%.0f', number) end
local function count(i, bucket) return tonumber(redis.call('HGET', KEYS[1], i .. ':' .. text(bucket)) or 0) end
for i = 1, (#ARGV - 1) / 3 do
  local size, width, limit = tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3]), tonumber(ARGV[i * 3 + 1])
  local state = redis.call('HMGET', KEYS[1], i .. '.t', i .. '.o')
  local total, oldest = tonumber(state[1] or 0), tonumber(state[2] or 0)
  local first = math.floor((now - size) / width)
  while total > 0 do
    local n = count(i, oldest)
    if oldest >= first and n > 0 then break end
    if n > 0 then dead[#dead + 1] = i .. ':' .. text(oldest) end
    total = total - n
    oldest = oldest + 1
  end
  if total == 0 then oldest = math.floor(now / width) end
  granted = math.max(0, math.min(granted, limit - total))
  keep = math.max(keep, size + width)
  windows[i] = { size = size, width = width, limit = limit, total = total, oldest = oldest }
end
if granted > 0 then
  if #dead > 0 then redis.call('HDEL', KEYS[1], unpack(dead)) end
  local fields = { 'last', text(now) }
  for i, w in ipairs(windows) do
    w.total = w.total + granted
    redis.call('HINCRBY', KEYS[1], i .. ':' .. text(math.floor(now / w.width)), granted)
    for _, field in ipairs({ i .. '.t', text(w.total), i .. '.o', text(w.oldest) }) do fields[#fields + 1] = field end
  end
  redis.call('HSET', KEYS[1], unpack(fields))
  redis.call('PEXPIRE', KEYS[1], keep)
end
local answer = { wanted > 0 and granted or 0, now }
for i, w in ipairs(windows) do
  local reset, freed, bucket, needed = now + w.size, 0, w.oldest, math.max(1, w.total - w.limit + 1)
  while freed < w.total do
    freed = freed + count(i, bucket)
    bucket = bucket + 1
    if freed >= needed then
      reset = bucket * w.width + w.size
      break
    end
  end
  answer[#answer + 1] = w.total
  answer[#answer + 1] = reset
end
return answer
`;

type Take = (key: string, ...args: (string | number)[]) => Promise<(string | number)[]>;

/**
 * Counts in Redis (6 or newer) with one script a call, by Redis' clock. The connection should have a short
 * `commandTimeout` and no offline queue, so that calls which gave up are not run later.
 */
export class RedisRateLimitStore implements RateLimitStore {
  private readonly run: Take;

  constructor(
    redis: Redis,
    private readonly prefix = 'isp:rate:',
  ) {
    redis.defineCommand('ispRateLimitTake', { numberOfKeys: 1, lua: TAKE });
    const scripted = redis as Redis & { ispRateLimitTake: Take };
    this.run = (...args) => scripted.ispRateLimitTake(...args);
  }

  async take(key: string, limits: readonly WindowLimit[], n: number): Promise<TakeResult> {
    const shapes = limits.flatMap((window) => {
      const { windowMs, bucketMs } = shapeOf(window);
      return [windowMs, bucketMs, window.limit];
    });
    return readAnswer(await this.run(`${this.prefix}${layoutOf(limits)}:${key}`, n, ...shapes), limits);
  }

  peek(key: string, limits: readonly WindowLimit[]): Promise<TakeResult> {
    return this.take(key, limits, 0);
  }
}
