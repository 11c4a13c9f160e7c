import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './trees.js';

/** A text, where it stands, and the rule that must refuse it; without a rule the text must pass. */
interface Case {
  readonly title: string;
  readonly path: string;
  readonly text: string;
  readonly rule?: string;
}

const DOMAIN = 'libs/domain/audit/sample.ts';
const SPEC = 'libs/domain/audit/sample.spec.ts';
/** A file that exists, so that rules that need types have a program to look at. */
const TYPED = 'libs/kernel/time.ts';

const lines = (count: number) => 'void 0;\n'.repeat(count);
const functionOf = (count: number) => `export function long(): void {\n${lines(count - 2)}}\n`;
const params = (count: number) => Array.from({ length: count }, (_, index) => `readonly p${index}: string`).join(', ');
const classOf = (count: number) => `export class Wide {\n  constructor(${params(count)}) {}\n}\n`;
const union = "export type Kind = 'a' | 'b';\n";
const switchOf = (labels: string) =>
  `${union}export function f(kind: Kind): number {\n  switch (kind) {\n    ${labels}\n  }\n}\n`;

const cases: readonly Case[] = [
  {
    title: 'an environment variable',
    path: DOMAIN,
    text: 'export const a = process.env.A;\n',
    rule: 'house/no-process-env',
  },
  {
    title: 'the environment by index',
    path: DOMAIN,
    text: "export const a = process['env'];\n",
    rule: 'house/no-process-env',
  },
  {
    title: 'the environment unpacked',
    path: DOMAIN,
    text: 'export const { env } = process;\n',
    rule: 'house/no-process-env',
  },
  {
    title: 'the environment imported',
    path: DOMAIN,
    text: "import { env } from 'node:process';\nexport const a = env;\n",
    rule: 'house/no-process-env',
  },
  {
    title: 'the environment in an app',
    path: 'apps/api/sample.ts',
    text: 'process.env.A;\n',
    rule: 'house/no-process-env',
  },
  {
    title: 'the environment in a spec',
    path: SPEC,
    text: 'export const a = process.env.A;\n',
    rule: 'house/no-process-env',
  },
  {
    title: 'the environment in config',
    path: 'libs/platform/config/sample.ts',
    text: 'export const a = process.env.A;\n',
  },
  { title: 'the environment in a script', path: 'scripts/sample.mjs', text: 'export const a = process.env.A;\n' },
  { title: 'the environment in test/', path: 'test/support/sample.ts', text: 'export const a = process.env.A;\n' },

  { title: 'new Date()', path: DOMAIN, text: 'export const a = new Date();\n', rule: 'house/no-machine-clock' },
  { title: 'Date()', path: DOMAIN, text: 'export const a = Date();\n', rule: 'house/no-machine-clock' },
  { title: 'Date.now()', path: DOMAIN, text: 'export const a = Date.now();\n', rule: 'house/no-machine-clock' },
  { title: 'Date.now handed on', path: DOMAIN, text: 'export const a = Date.now;\n', rule: 'house/no-machine-clock' },
  { title: 'new Date() in a spec', path: SPEC, text: 'export const a = new Date();\n', rule: 'house/no-machine-clock' },
  {
    title: 'new Date() elsewhere in the kernel',
    path: 'libs/kernel/sample.ts',
    text: 'new Date();\n',
    rule: 'house/no-machine-clock',
  },
  { title: 'new Date(instant)', path: DOMAIN, text: 'export const a = (at: number) => new Date(at);\n' },
  { title: 'new Date() in kernel/time', path: TYPED, text: 'export const a = new Date();\n' },
  { title: 'new Date() in test/', path: 'test/support/sample.ts', text: 'export const a = new Date();\n' },

  { title: 'a default export', path: DOMAIN, text: 'export default 1;\n', rule: 'house/no-default-export' },
  {
    title: 'a name as default',
    path: DOMAIN,
    text: 'const a = 1;\nexport { a as default };\n',
    rule: 'house/no-default-export',
  },
  {
    title: 'a default export of a script',
    path: 'scripts/sample.mjs',
    text: 'export default 1;\n',
    rule: 'house/no-default-export',
  },
  { title: 'a default export of a config', path: 'sample.config.mjs', text: 'export default 1;\n' },
  {
    title: 'forwardRef',
    path: DOMAIN,
    text: "import { forwardRef } from '@nestjs/common';\nexport const a = forwardRef;\n",
    rule: 'house/no-forward-ref',
  },
  {
    title: 'forwardRef of a namespace',
    path: DOMAIN,
    text: "import * as nest from '@nestjs/common';\nexport const a = nest.forwardRef;\n",
    rule: 'house/no-forward-ref',
  },

  { title: 'console in a domain', path: DOMAIN, text: "console.log('a');\n", rule: 'no-console' },
  {
    title: 'console in the API process',
    path: 'apps/api/sample.ts',
    text: "console.error('a');\n",
    rule: 'no-console',
  },
  { title: 'console in the CLI', path: 'apps/cli/sample.ts', text: "console.log('a');\n" },
  { title: 'console in standalone', path: 'apps/standalone/sample.ts', text: "console.log('a');\n" },
  { title: 'console in a script', path: 'scripts/sample.mjs', text: "console.log('a');\n" },
  {
    title: 'a comment that switches a rule off',
    path: DOMAIN,
    text: "/* eslint-disable no-console */\nconsole.log('a'); // eslint-disable-line\n",
    rule: 'no-console',
  },

  { title: '401 lines', path: DOMAIN, text: lines(401), rule: 'max-lines' },
  { title: '400 lines', path: DOMAIN, text: lines(400) },
  { title: 'a function of 61 lines', path: DOMAIN, text: functionOf(61), rule: 'max-lines-per-function' },
  { title: 'a function of 60 lines', path: DOMAIN, text: functionOf(60) },
  { title: 'a describe block of 100 lines', path: SPEC, text: functionOf(100) },
  { title: 'a constructor of 8 parameters', path: DOMAIN, text: classOf(8), rule: 'max-params' },
  { title: 'a constructor of 7 parameters', path: DOMAIN, text: classOf(7) },
  {
    title: 'a function of 16 ways',
    path: DOMAIN,
    text: `export function f(n: number): number {\n${'  if (n === 1) return 1;\n'.repeat(15)}  return 2;\n}\n`,
    rule: 'complexity',
  },

  { title: 'any', path: DOMAIN, text: 'export const a = (b: any) => b;\n', rule: '@typescript-eslint/no-explicit-any' },
  {
    title: 'ts-ignore',
    path: DOMAIN,
    text: '// @ts-ignore because\nexport const a = 1;\n',
    rule: '@typescript-eslint/ban-ts-comment',
  },
  {
    title: 'any that leaks from a library',
    path: TYPED,
    text: "export const a: string = JSON.parse('1');\n",
    rule: '@typescript-eslint/no-unsafe-assignment',
  },
  {
    title: 'a floating promise',
    path: TYPED,
    text: 'const later = async () => 1;\nlater();\n',
    rule: '@typescript-eslint/no-floating-promises',
  },
  {
    title: 'a promise as a condition',
    path: TYPED,
    text: 'const later = async () => true;\nexport const a = () => (later() ? 1 : 2);\n',
    rule: '@typescript-eslint/no-misused-promises',
  },
  {
    title: 'a switch that forgets a case',
    path: TYPED,
    text: switchOf("case 'a':\n      return 1;\n    default:\n      return 2;"),
    rule: '@typescript-eslint/switch-exhaustiveness-check',
  },
  {
    title: 'a switch over every case',
    path: TYPED,
    text: switchOf("case 'a':\n      return 1;\n    case 'b':\n      return 2;"),
  },
  {
    title: 'a type imported as a value',
    path: TYPED,
    text: "import { ErrorKind } from './errors.js';\nexport const a = (kind: ErrorKind) => kind;\n",
    rule: '@typescript-eslint/consistent-type-imports',
  },
  {
    title: 'a class that a decorated constructor injects, imported as a value',
    path: TYPED,
    text: [
      "import { DomainError } from './errors.js';",
      'const mark = (target: unknown): void => void target;',
      '@mark',
      'export class A {',
      '  constructor(readonly error: DomainError) {}',
      '}',
      '',
    ].join('\n'),
  },
];

function lintAll(): string[][] {
  const input = JSON.stringify(cases.map(({ path, text }) => ({ path, text })));
  const run = spawnSync(process.execPath, [join(ROOT, 'test/structure/lint-texts.mjs')], { input, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as string[][];
}

describe('the lint rules', () => {
  const found = lintAll();

  it.each(cases.map((one, index) => ({ ...one, index, verb: one.rule ? `refuse (${one.rule})` : 'allow' })))(
    '$verb: $title in $path',
    ({ rule, index }) => {
      expect([...new Set(found[index])]).toEqual(rule ? [rule] : []);
    },
  );
});
