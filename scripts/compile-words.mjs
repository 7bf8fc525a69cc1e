/** Compiles `messages/*.json` into typed functions in `app/words/generated/`. */
import { compile } from '@inlang/paraglide-js';

/** Reads and writes below the current folder, which has to be the one of package.json. */
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
