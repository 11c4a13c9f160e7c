import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cruiseTrees, fired, FIXTURES, foldersOf, ROOT, rules, Trees, type Verdict } from './trees.js';

const tierRules = rules().filter((rule) => rule.name.startsWith('tier:'));
const otherRules = rules().filter((rule) => !rule.name.startsWith('tier:'));

/** The house plan, lowest first: the gate must say the same. */
const RANKS = [
  ['audit'],
  ['access'],
  ['partners', 'catalog', 'premises', 'workforce', 'suppliers'],
  ['quota', 'customers', 'network', 'inventory', 'offers'],
  ['services'],
  ['usage', 'provisioning'],
  ['billing', 'tickets', 'work-orders'],
  ['sla', 'outages', 'settlement', 'ordering', 'dunning'],
  ['webhooks', 'plugins', 'notifications'],
  ['reporting'],
];
const DOMAINS = RANKS.flat();

/** How often each fixture must be caught, where once is not enough to know the whole rule. */
const EXPECTED_COUNTS: Readonly<Record<string, number>> = {
  'no-test-code': 2,
  'runtime-dependencies-only': 1,
  'kernel-is-pure': 4,
  'contracts-are-pure': 2,
  'kernel-and-contracts-door': 2,
  'platform-knows-no-domain': 2,
  'apis-do-not-meet': 1,
  'apis-touch-no-storage': 6,
  'apps-only-wire': 4,
};

/** A tree with every domain, in which `importsOf` says what each one imports. */
function domainTree(importsOf: (domain: string) => readonly string[]): Record<string, string> {
  const file = (domain: string) =>
    importsOf(domain)
      .map((other) => `export * as ${other.replace('-', '_')} from '@isp/domain/${other}';\n`)
      .join('') + `export const name = '${domain}';\n`;
  return Object.fromEntries(DOMAINS.map((domain) => [`libs/domain/${domain}/index.ts`, file(domain)]));
}

const rankOf = (domain: string) => RANKS.findIndex((row) => row.includes(domain));
const below = (domain: string) => RANKS.slice(0, rankOf(domain)).flat();
const above = (domain: string) => RANKS.slice(rankOf(domain) + 1).flat();
const nextInRow = (domain: string) => {
  const row = RANKS[rankOf(domain)] ?? [];
  return row.slice(row.indexOf(domain) + 1);
};

describe('the structure gate', () => {
  const trees = new Trees();
  const verdicts = new Map<string, Verdict>();

  beforeAll(async () => {
    const built = new Map([['the repository', ROOT]]);
    for (const rule of otherRules) built.set(rule.name, trees.fromFixture(rule.name));
    built.set('legal', trees.fromFiles('legal', domainTree(below)));
    built.set('upward', trees.fromFiles('upward', domainTree(above)));
    built.set('sideways', trees.fromFiles('sideways', domainTree(nextInRow)));
    built.set('unranked', trees.fromFiles('unranked', { 'libs/domain/gossip/index.ts': '' }));
    built.set('unknown', trees.fromFiles('unknown', { 'libs/common/index.ts': '' }));
    const found = await cruiseTrees([...built.values()]);
    [...built.keys()].forEach((name, index) => verdicts.set(name, found[index] ?? {}));
  }, 120_000);

  afterAll(() => trees.remove());

  it('is kept by the repository', () => {
    expect(verdicts.get('the repository')).toEqual({ violations: [] });
  });

  it.each(otherRules.map((rule) => rule.name))('%s fires on its fixture, and nothing else does', (name) => {
    const verdict = verdicts.get(name);
    expect(fired(verdict)).toEqual([name]);
    expect(verdict?.violations).toHaveLength(EXPECTED_COUNTS[name] ?? 1);
  });

  it('has no fixture without a rule', () => {
    expect(foldersOf(FIXTURES).sort()).toEqual(otherRules.map((rule) => rule.name).sort());
  });

  it('ranks every domain of the plan', () => {
    expect(tierRules.map((rule) => rule.name)).toEqual(DOMAINS.map((domain) => `tier:${domain}`));
  });

  it('lets a domain import every lower rank', () => {
    expect(verdicts.get('legal')).toEqual({ violations: [] });
  });

  it('refuses every import of a higher rank', () => {
    const wrong = DOMAINS.flatMap((domain) => above(domain).map((other) => edge(domain, other)));
    expect([...(verdicts.get('upward')?.violations ?? [])].sort()).toEqual(wrong.sort());
  });

  it('refuses every import of a neighbour of the same rank', () => {
    const wrong = DOMAINS.flatMap((domain) => nextInRow(domain).map((other) => edge(domain, other)));
    expect(wrong.length).toBeGreaterThan(0);
    expect([...(verdicts.get('sideways')?.violations ?? [])].sort()).toEqual(wrong.sort());
  });

  it('stops at a domain without a rank', () => {
    expect(verdicts.get('unranked')?.error).toMatch(/^unranked domain: gossip /);
  });

  it('stops at a library that the plan does not know', () => {
    expect(verdicts.get('unknown')?.error).toMatch(/^unknown library: common /);
  });
});

function edge(from: string, to: string): string {
  return `tier:${from}: libs/domain/${from}/index.ts -> libs/domain/${to}/index.ts`;
}
