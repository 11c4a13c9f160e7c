import { describe, expect, it } from '@jest/globals';
import { PLAIN_VOICE, assertCoherent, inStoredForm, isOnSale } from './plan-terms.policy.js';
import type { Plan } from './plan.entity.js';
import type { PlanPart } from './plan.view.js';

const internet = {
  serviceType: 'internet',
  downloadMbps: 100,
  uploadMbps: 10,
  fairUseLimitGb: null,
  throttledDownloadMbps: null,
  throttledUploadMbps: null,
  staticIpAvailable: false,
  bandwidthProfile: null,
  voice: null,
  soldFrom: null,
  soldUntil: null,
} as Plan;
const bundle = { ...internet, serviceType: 'bundle', downloadMbps: null, uploadMbps: null } as Plan;
const fair = { fairUseLimitGb: 500, throttledDownloadMbps: '10', throttledUploadMbps: '0.5' };
const part = { planId: 1, quantity: 1 };
const january = new Date('2025-01-01T00:00:00Z');
const february = new Date('2025-02-01T00:00:00Z');

function refusal(plan: Plan, parts: readonly PlanPart[] = []): string | undefined {
  try {
    assertCoherent(plan, parts);
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('assertCoherent', () => {
  it.each<[string, Plan, readonly PlanPart[]]>([
    ['an internet plan', internet, []],
    ['fair use', { ...internet, ...fair }, []],
    ['a throttle at the speed of the plan', { ...internet, ...fair, throttledDownloadMbps: '100.000' }, []],
    ['a voice plan', { ...bundle, serviceType: 'voice', voice: PLAIN_VOICE }, []],
    ['a bundle', bundle, [part, { planId: 2, quantity: 3 }]],
    ['a time of sale', { ...internet, soldFrom: january, soldUntil: february }, []],
  ])('lets %s pass', (_, plan, parts) => {
    expect(refusal(plan, parts)).toBeUndefined();
  });

  it.each<[string, Plan, readonly PlanPart[], string]>([
    ['internet without a speed', { ...internet, uploadMbps: null }, [], 'catalog.plan.speeds_missing'],
    ['voice features on internet', { ...internet, voice: PLAIN_VOICE }, [], 'catalog.plan.not_for_type'],
    ['parts of internet', internet, [part], 'catalog.plan.not_for_type'],
    ['fair use on a bundle', { ...bundle, ...fair }, [part], 'catalog.plan.not_for_type'],
    ['a static address of a bundle', { ...bundle, staticIpAvailable: true }, [part], 'catalog.plan.not_for_type'],
    ['fair use without a throttle', { ...internet, fairUseLimitGb: 500 }, [], 'catalog.plan.fair_use_unfit'],
    ['a throttle without a limit', { ...internet, ...fair, fairUseLimitGb: null }, [], 'catalog.plan.fair_use_unfit'],
    [
      'a throttle above the plan',
      { ...internet, ...fair, throttledUploadMbps: '10.001' },
      [],
      'catalog.plan.fair_use_unfit',
    ],
    ['a sale without time', { ...internet, soldFrom: january, soldUntil: january }, [], 'catalog.plan.window_empty'],
    ['an empty bundle', bundle, [], 'catalog.plan.parts_missing'],
    ['a part twice', bundle, [part, part], 'catalog.plan.part_repeated'],
  ])('refuses %s', (_, plan, parts, code) => {
    expect(refusal(plan, parts)).toBe(code);
  });
});

describe('inStoredForm', () => {
  it('writes equal values as equal text', () => {
    const { callForwarding, ...rest } = PLAIN_VOICE;
    const given = inStoredForm({ monthlyAmount: '79.9', taxPercent: '8', voice: { callForwarding, ...rest } });
    expect(JSON.stringify(given)).toBe(
      JSON.stringify({ monthlyAmount: '79.9000', taxPercent: '8.000', voice: PLAIN_VOICE }),
    );
  });

  it('leaves what is not there alone', () => {
    expect(inStoredForm({ throttledUploadMbps: null, voice: null, name: '1' })).toEqual({
      throttledUploadMbps: null,
      voice: null,
      name: '1',
    });
  });
});

describe('isOnSale', () => {
  const plan = { status: 'active', soldFrom: january, soldUntil: february } as const;

  it('begins with its first instant and ends before its last', () => {
    expect([january, new Date(february.getTime() - 1)].map((at) => isOnSale(plan, at))).toEqual([true, true]);
    expect([new Date(january.getTime() - 1), february].map((at) => isOnSale(plan, at))).toEqual([false, false]);
  });

  it('needs no limits, and an active plan', () => {
    expect(isOnSale({ status: 'active', soldFrom: null, soldUntil: null }, january)).toBe(true);
    expect(isOnSale({ ...plan, status: 'retired' }, january)).toBe(false);
  });
});
