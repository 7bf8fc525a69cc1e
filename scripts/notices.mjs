/**
 * `npm run notices`: writes `THIRD-PARTY-NOTICES.md`, the licences of everything that is shipped:
 * what the bundles contain, and the engine's packages with all that they need.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { appFolder } from './build.mjs';

/** Packages whose code or files are in the bundles, and the engine's library. */
const shipped = [
  '@fontsource-variable/hanken-grotesk',
  '@fontsource-variable/jetbrains-mono',
  '@lucide/svelte',
  'birpc',
  'bits-ui',
  'katex',
  'mdast-util-from-markdown',
  'mdast-util-gfm',
  'mdast-util-math',
  'micromark-extension-gfm',
  'micromark-extension-math',
  'node-llama-cpp',
  'shiki',
  'svelte',
  'ws',
  'zod',
];

const packages = new Map();
for (const name of shipped) collect(name, join(appFolder, 'package.json'));
const sections = [...packages.values()].sort((a, b) => a.name.localeCompare(b.name)).map(section);
const head = `# Third-party notices

Moewe contains the following packages. The desktop app also contains Electron and Chromium, whose
notices lie beside it. The models' own licences are shown with each model. Written by
\`npm run notices\`.
`;
writeFileSync(join(appFolder, 'THIRD-PARTY-NOTICES.md'), [head, ...sections].join('\n'));

function collect(name, from) {
  const folder = folderOf(name, from);
  if (folder === null || packages.has(folder)) return;
  const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  packages.set(folder, { ...description, folder });
  const needed = Object.keys(description.dependencies ?? {});
  for (const dependency of needed) collect(dependency, join(folder, 'package.json'));
}

/** Where Node would find the package from `from`; null where it is not installed. */
function folderOf(name, from) {
  for (const place of createRequire(from).resolve.paths(name) ?? []) {
    if (existsSync(join(place, name, 'package.json'))) return join(place, name);
  }
  return null;
}

function section({ name, version, license, folder }) {
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`;
  return `## ${name} ${version}\n\n${license ?? ''}\n\n\`\`\`text\n${text}\n\`\`\`\n`;
}
