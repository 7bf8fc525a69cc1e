/** Bundles the preload script: Electron's sandbox takes CommonJS in a single file only. */
import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    ssr: 'app/desktop/preload.ts',
    target: 'node24',
    outDir: 'dist/preload',
    emptyOutDir: true,
    reportCompressedSize: false,
    rolldownOptions: {
      external: ['electron'],
      output: { format: 'cjs', entryFileNames: 'preload.cjs' },
    },
  },
  ssr: { noExternal: true, external: ['electron'] },
});
