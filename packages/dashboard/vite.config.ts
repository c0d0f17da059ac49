/** Builds the page into `dist/page`, or serves it while it is worked on, beside a daemon at its usual port. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const OUT = join(import.meta.dirname, 'dist/page');
const DAEMON = 'http://127.0.0.1:4000';
/** Below this, compressing gains nothing. */
const SMALLEST_BYTES = 1024;

/** Puts a `.br` and a `.gz` beside each file of text, so that the daemon compresses nothing. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    writeBundle() {
      for (const name of readdirSync(OUT, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|css|html|svg)$/.test(name)) continue;
        const file = join(OUT, name);
        const bytes = readFileSync(file);
        if (bytes.length < SMALLEST_BYTES) continue;
        writeFileSync(`${file}.br`, brotliCompressSync(bytes));
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), precompress()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    manifest: true,
    // What is inlined into a script as a data address would be refused by the page's own policy.
    assetsInlineLimit: 0,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: {
    proxy: {
      '/graphql': { target: DAEMON, ws: true },
      '^/calls/[^/]+/(listen|recording.wav)': { target: DAEMON, ws: true },
    },
  },
});
