/**
 * Colours code with Shiki. The engine is plain JavaScript (no WebAssembly, so that the page's policy
 * needs no exception), and a language is fetched from the bundle when it is first met.
 */
import { createHighlighterCore, createCssVariablesTheme, type HighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';

/** A piece of a line in one colour. */
export interface CodePiece {
  readonly text: string;
  /** A CSS colour, usually a variable of `code-colours.css`. */
  readonly colour: string;
}

/** Longer code stays plain: colouring it would hold up the page. */
const longestCode = 30_000;

const languages = {
  bash: () => import('shiki/langs/bash.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  cpp: () => import('shiki/langs/cpp.mjs'),
  csharp: () => import('shiki/langs/csharp.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  docker: () => import('shiki/langs/docker.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  ini: () => import('shiki/langs/ini.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  kotlin: () => import('shiki/langs/kotlin.mjs'),
  latex: () => import('shiki/langs/latex.mjs'),
  lua: () => import('shiki/langs/lua.mjs'),
  markdown: () => import('shiki/langs/markdown.mjs'),
  php: () => import('shiki/langs/php.mjs'),
  powershell: () => import('shiki/langs/powershell.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  r: () => import('shiki/langs/r.mjs'),
  ruby: () => import('shiki/langs/ruby.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  svelte: () => import('shiki/langs/svelte.mjs'),
  swift: () => import('shiki/langs/swift.mjs'),
  toml: () => import('shiki/langs/toml.mjs'),
  typescript: () => import('shiki/langs/typescript.mjs'),
  xml: () => import('shiki/langs/xml.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
} as const;
type Language = keyof typeof languages;

const otherNames: Readonly<Record<string, Language>> = {
  'c++': 'cpp',
  'c#': 'csharp',
  cs: 'csharp',
  dockerfile: 'docker',
  golang: 'go',
  htm: 'html',
  js: 'javascript',
  jsonc: 'json',
  jsx: 'javascript',
  kt: 'kotlin',
  md: 'markdown',
  patch: 'diff',
  ps1: 'powershell',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  svg: 'xml',
  tex: 'latex',
  ts: 'typescript',
  tsx: 'typescript',
  yml: 'yaml',
  zsh: 'bash',
};

const theme = createCssVariablesTheme({ name: 'moewe', variablePrefix: '--code-' });
let highlighter: Promise<HighlighterCore> | undefined;

/** The lines of `code` in coloured pieces; null for unknown languages and very long code. */
export async function highlight(
  code: string,
  languageName: string,
): Promise<readonly (readonly CodePiece[])[] | null> {
  const language = languageOf(languageName);
  if (language === null || code.length > longestCode) return null;
  highlighter ??= createHighlighterCore({
    themes: [theme],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  const shiki = await highlighter;
  if (!shiki.getLoadedLanguages().includes(language)) {
    await shiki.loadLanguage(languages[language]);
  }
  const lines = shiki.codeToTokensBase(code, { lang: language, theme: 'moewe' });
  return lines.map((line) =>
    line.map(({ content, color }) => ({ text: content, colour: color ?? 'inherit' })),
  );
}

function languageOf(name: string): Language | null {
  const lower = name.toLowerCase();
  if (Object.hasOwn(languages, lower)) return lower as Language;
  return Object.hasOwn(otherNames, lower) ? (otherNames[lower] ?? null) : null;
}
