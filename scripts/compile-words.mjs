/** Compiles `messages/*.json` into typed functions, `app/words/generated/`. */
import { compile } from '@inlang/paraglide-js';

export async function compileWords() {
  await compile({
    project: './project.inlang',
    outdir: './app/words/generated',
    strategy: ['globalVariable', 'baseLocale'],
    emitReadme: false,
    emitGitIgnore: false,
    emitPrettierIgnore: false,
    disableAsyncLocalStorage: true,
  });
}
