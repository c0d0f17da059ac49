/** Builds the page into `dist/page`. The dev server proxies API requests to a daemon at the default port. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const OUT = join(import.meta.dirname, 'dist/page');
const DAEMON = 'http://127.0.0.1:4000';
/** Smaller files are not compressed. */
const MIN_BYTES = 1024;

/** The document of pages one level below the root: its relative addresses start there. */
function nestedDocument(): Plugin {
  return {
    name: 'nested-document',
    apply: 'build',
    writeBundle() {
      const html = readFileSync(join(OUT, 'index.html'), 'utf8');
      writeFileSync(join(OUT, 'nested.html'), html.replaceAll('="./', '="../'));
    },
  };
}

/** Writes a `.br` and a `.gz` file next to each text file, so that the daemon does not compress at runtime. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    writeBundle() {
      for (const name of readdirSync(OUT, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|css|html|svg)$/.test(name)) continue;
        const file = join(OUT, name);
        const bytes = readFileSync(file);
        if (bytes.length < MIN_BYTES) continue;
        writeFileSync(`${file}.br`, brotliCompressSync(bytes));
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), nestedDocument(), precompress()],
  // Relative addresses: a proxy may serve the page below any path.
  base: './',
  build: {
    outDir: OUT,
    emptyOutDir: true,
    manifest: true,
    // The content security policy of the page rejects assets that are inlined as data URLs.
    assetsInlineLimit: 0,
    rolldownOptions: {
      checks: { pluginTimings: false },
      // One script with everything that the first view needs: modules that it shares with other pages would else become
      // many small files, which compress badly.
      output: { codeSplitting: { groups: [{ name: 'main', test: /page[\\/]main\.tsx$/ }] } },
    },
  },
  server: {
    proxy: {
      '/graphql': { target: DAEMON, ws: true },
      '/graphiql': { target: DAEMON },
      '^/calls/[^/]+/(listen|recording\\.(wav|flac))': { target: DAEMON, ws: true },
    },
  },
});
