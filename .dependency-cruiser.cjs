/** Who may import whom: the table of ARCHITECTURE.md as rules. */
const rooms = {
  contract: [],
  words: ['contract'],
  rpc: ['contract'],
  core: ['contract', 'rpc', 'words'],
  engine: ['contract', 'rpc'],
  web: ['contract', 'rpc', 'words', 'core'],
  desktop: ['contract', 'rpc', 'words', 'core'],
  cli: ['contract', 'rpc', 'words', 'core', 'web'],
};

const packages = {
  contract: ['zod'],
  words: [],
  rpc: ['zod', 'birpc'],
  core: ['zod'],
  engine: ['zod', 'node-llama-cpp'],
  web: ['zod', 'ws'],
  desktop: ['zod', 'electron'],
  cli: ['zod'],
};

const roomRules = Object.entries(rooms).flatMap(([room, allowed]) => [
  {
    name: `${room}-imports-only-${['itself', ...allowed].join('-')}`,
    severity: 'error',
    from: { path: `^app/${room}/` },
    to: {
      path: '^(app|renderer|native|scripts|tests)/',
      pathNot: `^app/(${[room, ...allowed].join('|')})/`,
    },
  },
  {
    name: `${room}-packages`,
    severity: 'error',
    from: { path: `^app/${room}/` },
    to: {
      dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
      pathNot: packages[room].map((name) => `node_modules/(@types/)?${name}(/|$)`),
    },
  },
]);

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: { path: '^(.+)$' },
      // A component that contains itself (a list in a list) is no circle between files.
      to: { circular: true, pathNot: '^$1$' },
    },
    {
      name: 'renderer-imports-only-contract-rpc-words',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(app|native|scripts|tests)/', pathNot: '^app/(contract|rpc|words)/' },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^renderer/', pathNot: 'vite.config' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'contract-has-no-input-or-output',
      severity: 'error',
      from: { path: '^app/(contract|rpc|words)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-the-engine-imports-node-llama-cpp',
      severity: 'error',
      from: { path: '^app/', pathNot: '^app/engine/' },
      to: { path: 'node_modules/node-llama-cpp' },
    },
    {
      name: 'nothing-unresolvable',
      severity: 'error',
      from: {},
      // `mdast` is a package of types only.
      to: { couldNotResolve: true, pathNot: '^mdast$' },
    },
    ...roomRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|app/words/generated)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'svelte', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.svelte', '.mjs', '.json'],
    },
  },
};
