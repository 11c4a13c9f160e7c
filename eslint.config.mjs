import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** A house rule: whatever the selector matches is refused. One rule a ban, so that exceptions do not overwrite each other. */
const ban = (selector, message) => ({
  meta: { type: 'problem', schema: [] },
  create: (context) => ({ [selector]: (node) => context.report({ node, message }) }),
});

const house = {
  rules: {
    'no-default-export': ban(
      'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
      'Export by name: a default export has as many names as importers.',
    ),
    'no-forward-ref': ban(
      'ImportSpecifier[imported.name="forwardRef"], MemberExpression[property.name="forwardRef"]',
      'forwardRef hides a cycle: call down and publish an event up.',
    ),
    'no-process-env': ban(
      [
        'MemberExpression[object.name="process"][property.name="env"]',
        'MemberExpression[object.name="process"][property.value="env"]',
        'VariableDeclarator[init.name="process"] > ObjectPattern > Property[key.name="env"]',
        'ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name="env"]',
      ].join(', '),
      'Only libs/platform/config reads the environment: ask for the Config.',
    ),
    'no-machine-clock': ban(
      [
        'NewExpression[callee.name="Date"][arguments.length=0]',
        'CallExpression[callee.name="Date"]',
        'MemberExpression[object.name="Date"][property.name="now"]',
        'MemberExpression[object.name="Date"][property.value="now"]',
      ].join(', '),
      'Only libs/kernel/time.ts reads the clock of the machine: ask for a Clock.',
    ),
  },
};

const limits = {
  'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: false, skipComments: false, IIFEs: true }],
  'max-params': ['error', 7],
  'max-depth': ['error', 4],
  complexity: ['error', { max: 15, variant: 'classic' }],
};

const language = {
  eqeqeq: ['error', 'always'],
  'no-var': 'error',
  'prefer-const': 'error',
  'no-empty': 'error',
  'no-eval': 'error',
  'no-new-func': 'error',
  'no-debugger': 'error',
  'no-dupe-else-if': 'error',
  'no-dupe-keys': 'error',
  'no-duplicate-case': 'error',
  'no-fallthrough': 'error',
  'no-constant-binary-expression': 'error',
  'no-constant-condition': ['error', { checkLoops: 'none' }],
  'no-loss-of-precision': 'error',
  'no-self-assign': 'error',
  'no-self-compare': 'error',
  'no-sparse-arrays': 'error',
  'no-unmodified-loop-condition': 'error',
  'no-unreachable': 'error',
  'no-unreachable-loop': 'error',
  'no-unsafe-finally': 'error',
  'no-useless-catch': 'error',
  'no-useless-escape': 'error',
  'require-yield': 'error',
  'use-isnan': 'error',
  'valid-typeof': 'error',
};

const typed = {
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/ban-ts-comment': [
    'error',
    { 'ts-expect-error': 'allow-with-description', minimumDescriptionLength: 10 },
  ],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-array-delete': 'error',
  '@typescript-eslint/no-base-to-string': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-for-in-array': 'error',
  '@typescript-eslint/no-implied-eval': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/no-namespace': 'error',
  '@typescript-eslint/no-non-null-asserted-optional-chain': 'error',
  '@typescript-eslint/no-require-imports': 'error',
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
  ],
  '@typescript-eslint/no-unsafe-argument': 'error',
  '@typescript-eslint/no-unsafe-assignment': 'error',
  '@typescript-eslint/no-unsafe-call': 'error',
  '@typescript-eslint/no-unsafe-member-access': 'error',
  '@typescript-eslint/no-unsafe-return': 'error',
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/prefer-promise-reject-errors': 'error',
  '@typescript-eslint/restrict-plus-operands': 'error',
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: false, requireDefaultForNonUnion: true },
  ],
};

const everyBan = Object.fromEntries(Object.keys(house.rules).map((name) => [`house/${name}`, 'error']));
const nodeGlobals = Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly']));

export default defineConfig(
  { ignores: ['node_modules/', 'dist/', '.data/', 'coverage/', 'test/structure/fixtures/'] },
  {
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' },
    plugins: { house },
    rules: { ...language, ...limits, ...everyBan, 'no-console': 'error' },
  },
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: typed,
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: { ecmaVersion: 2025, globals: nodeGlobals },
    rules: { 'no-undef': 'error', 'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }] },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },

  // The exceptions, each with its reason.
  // A describe block is a list, not a function to understand.
  { files: ['**/*.spec.ts', 'test/**'], rules: { 'max-lines-per-function': 'off' } },
  // Tests read answers of any shape: what is not there fails the test anyway.
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: Object.fromEntries(
      Object.keys(typed).flatMap((name) => (name.includes('/no-unsafe-') ? [[name, 'off']] : [])),
    ),
  },
  // A test may show what a float would lose.
  { files: ['**/*.spec.ts'], rules: { 'no-loss-of-precision': 'off' } },
  // Tools read their configuration from a default export.
  {
    files: ['*.config.mjs', 'test/support/global-*.mjs', 'test/support/runner/native-runner.mjs'],
    rules: { 'house/no-default-export': 'off' },
  },
  // The two homes of what the bans guard.
  { files: ['libs/platform/config/**'], rules: { 'house/no-process-env': 'off' } },
  { files: ['libs/kernel/time.ts'], rules: { 'house/no-machine-clock': 'off' } },
  // Tests and scripts stand outside the program: they start it, time it and read its settings.
  {
    files: ['scripts/**', 'test/**', '*.mjs', '*.cjs'],
    rules: { 'house/no-process-env': 'off', 'house/no-machine-clock': 'off', 'no-console': 'off' },
  },
  // These two talk to a person in a terminal.
  { files: ['apps/cli/**', 'apps/standalone/**'], rules: { 'no-console': 'off' } },
);
