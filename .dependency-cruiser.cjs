// Who may know whom. Every rule has a tree under test/structure/fixtures (or a generated one) on which it must fail.
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

/** The domains, lowest first. A domain imports lower rows only, never its own row, always through index.ts. */
const TIERS = [
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
const LIBRARIES = ['kernel', 'contracts', 'platform', 'domain', 'apis'];

const root = process.env.STRUCTURE_ROOT ?? process.cwd();
const folders = (path) =>
  existsSync(join(root, path))
    ? readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? [entry.name] : [],
      )
    : [];
const refuseUnknown = (what, found, known) => {
  const unknown = found.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`${what}: ${unknown.join(', ')} (see TIERS in .dependency-cruiser.cjs)`);
};
refuseUnknown('unranked domain', folders('libs/domain'), TIERS.flat());
refuseUnknown('unknown library', folders('libs'), LIBRARIES);

const SPEC = '\\.spec\\.ts$';
const packages = (...names) => `node_modules/(${names.join('|')})/`;
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** Only `index.ts` of a folder is for the others: one rule among siblings, one for everybody else. */
const doorRules = (name, folder) => [
  rule(
    `${name}-door-among-siblings`,
    `import the index.ts of another folder of ${folder}`,
    { path: `^${folder}/([^/]+)/` },
    { path: `^${folder}/[^/]+/(?!index\\.ts$)`, pathNot: `^${folder}/$1/` },
  ),
  rule(
    `${name}-door-from-outside`,
    `import the index.ts of a folder of ${folder}`,
    { pathNot: `^${folder}/` },
    { path: `^${folder}/[^/]+/(?!index\\.ts$)` },
  ),
];

const tierRules = TIERS.flatMap((row, rank) =>
  row.map((domain) => {
    const others = TIERS.slice(rank).flat();
    const forbidden = others.filter((other) => other !== domain).join('|') || 'NONE';
    return rule(
      `tier:${domain}`,
      'a domain imports lower ranks only: call down, publish an event up',
      { path: `^libs/domain/${domain}/` },
      { path: `^libs/domain/(${forbidden})/` },
    );
  }),
);

module.exports = {
  forbidden: [
    rule('no-cycles', 'files that import each other crash at load', {}, { circular: true }),
    rule('no-unresolvable', 'an import that leads nowhere blinds every other rule', {}, { couldNotResolve: true }),
    rule(
      'no-test-code',
      'the program does not know its tests',
      { path: '^(apps|libs)/', pathNot: SPEC },
      { path: ['^test/', SPEC] },
    ),
    rule(
      'runtime-dependencies-only',
      'what the program imports is listed under dependencies: the image has no others',
      { path: '^(apps|libs)/', pathNot: SPEC },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'kernel-is-pure',
      'the kernel is plain TypeScript: no framework, no I/O, no other library',
      { path: '^libs/kernel/', pathNot: SPEC },
      { pathNot: ['^libs/kernel/', packages('decimal\\.js')] },
    ),
    rule(
      'contracts-are-pure',
      'contracts know the kernel and zod',
      { path: '^libs/contracts/', pathNot: SPEC },
      { pathNot: ['^libs/(kernel|contracts)/', packages('zod')] },
    ),
    rule(
      'kernel-and-contracts-door',
      'import the index.ts of kernel and contracts',
      { pathNot: '^libs/(kernel|contracts)/' },
      { path: '^libs/(kernel|contracts)/(?!index\\.ts$)' },
    ),
    rule(
      'platform-knows-no-domain',
      'infrastructure has no business words',
      { path: '^libs/platform/' },
      { path: '^libs/(domain|apis)/' },
    ),
    rule(
      'domains-know-no-api',
      'an API translates a domain; the domain does not know it',
      { path: '^libs/domain/' },
      { path: '^libs/apis/' },
    ),
    rule(
      'apis-do-not-meet',
      'APIs share apis/shared only',
      { path: '^libs/apis/([^/]+)/' },
      { path: '^libs/apis/[^/]+/', pathNot: '^libs/apis/($1|shared)/' },
    ),
    rule(
      'apis-touch-no-storage',
      'an API calls use cases and queries',
      { path: '^libs/apis/' },
      { path: packages('typeorm', '@nestjs/typeorm', 'bullmq', '@nestjs/bullmq', 'pg', 'ioredis') },
    ),
    rule(
      'apps-only-wire',
      'a process mounts modules; it holds no query, job or schema',
      { path: '^apps/' },
      { path: packages('typeorm', 'bullmq', 'pg', 'zod') },
    ),
    rule('libs-know-no-app', 'libraries do not know their processes', { path: '^libs/' }, { path: '^apps/' }),
    ...doorRules('domain', 'libs/domain'),
    ...doorRules('platform', 'libs/platform'),
    ...doorRules('api', 'libs/apis'),
    ...tierRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|test/structure/fixtures)/' },
    tsConfig: { fileName: join(root, 'tsconfig.json') },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
