import { describe, expect, it } from '@jest/globals';
import { toOrderFlowTime } from './dates.js';

describe('toOrderFlowTime', () => {
  it.each([
    ['2024-10-17T11:42:49.999Z', 'Africa/Johannesburg', '2024-10-17 13:42:49 +0200'],
    ['2025-01-01T00:00:00Z', 'UTC', '2025-01-01 00:00:00 +0000'],
    ['2025-01-01T04:59:59Z', 'America/New_York', '2024-12-31 23:59:59 -0500'],
    ['2025-07-01T04:00:00Z', 'America/New_York', '2025-07-01 00:00:00 -0400'],
    ['2025-01-01T18:30:00Z', 'Asia/Kolkata', '2025-01-02 00:00:00 +0530'],
  ])('writes %s in %s', (instant, zone, text) => {
    expect(toOrderFlowTime(new Date(instant), zone)).toBe(text);
  });
});
