/** Bundles the Node side: one file a process, with shared chunks beside them. */
import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist/hosts',
    emptyOutDir: true,
    sourcemap: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        cli: 'app/cli/main.ts',
        engine: 'app/engine/main.ts',
        web: 'app/web/main.ts',
        desktop: 'app/desktop/main.ts',
      },
      external: ['electron', 'node-llama-cpp'],
      output: { entryFileNames: '[name].mjs', chunkFileNames: 'chunks/[name]-[hash].mjs' },
    },
  },
  ssr: { noExternal: true, external: ['electron', 'node-llama-cpp'] },
});
