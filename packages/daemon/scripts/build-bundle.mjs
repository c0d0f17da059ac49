/**
 * Bundles the compiled daemon and its libraries into a few files, `dist/bundle`, if they changed since the last build: Node.js
 * needs half a second to load a thousand small files. They are not minified, so that stack traces can be read.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const OUTPUT = join(DIST, 'bundle');
const DIGEST_FILE = join(DIST, 'bundle.sha256');
const LOCK = fileURLToPath(new URL('../../../pnpm-lock.yaml', import.meta.url));

/** The program, and what runs in threads and processes of its own. */
const ENTRIES = {
  main: 'main.js',
  thread: 'store/history/thread.js',
  'plugin-thread': 'plugins/isolation/thread/plugin-thread.js',
  'integrity-process': 'store/watch/integrity-process.js',
  'log-thread': 'store/watch/log-thread.js',
  'flac-thread': 'recording/flac/flac-thread.js',
  'capture-thread': 'plugins/wire-capture/capture-thread.js',
  'codec-thread': 'recording/compression/codec-thread.js',
};

/**
 * Plugins have to get the same copy of the first two, SQLite is a native module, FLAC finds WebAssembly beside its code, and the
 * driver of PostgreSQL is loaded only by a daemon that needs it.
 */
const EXTERNAL = [/^@sidetone\//, 'zod', 'better-sqlite3', 'libflacjs', 'pg'];

/** `import.meta.url`, unless it locates one of the entries, which are beside the bundled code. */
const MODULE_URL = new RegExp(
  String.raw`(?<!'\./(?:${Object.keys(ENTRIES).join('|')})\.js', )\bimport\.meta\.url\b`,
  'g',
);

/** Lets the code find files relative to where its module was. */
const keepLocations = {
  name: 'keep-locations',
  transform(code, id) {
    if (!id.startsWith(DIST + sep) || !code.includes('import.meta.url')) return null;
    const path = relative(OUTPUT, id).replaceAll(sep, '/');
    return code.replace(MODULE_URL, `new URL('${path}', import.meta.url).href`);
  },
};

function digestOfSources() {
  const hash = createHash('sha256');
  const compiled = readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => dirname(file) !== OUTPUT);
  for (const file of [...compiled.toSorted(), fileURLToPath(import.meta.url), LOCK])
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

const digest = digestOfSources();
const isCurrent =
  existsSync(join(OUTPUT, 'main.js')) &&
  existsSync(DIGEST_FILE) &&
  readFileSync(DIGEST_FILE, 'utf8') === digest;

if (!isCurrent) {
  const { rolldown } = await import('rolldown');
  rmSync(OUTPUT, { recursive: true, force: true });
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(DIST, file)])),
    platform: 'node',
    external: EXTERNAL,
    // One copy of `graphql`, which Pothos and Yoga import in different ways.
    resolve: { mainFields: ['main', 'module'] },
    plugins: [keepLocations],
  });
  await bundle.write({
    dir: OUTPUT,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    // Apart from the daemon's own code (see `uncaught-errors.ts`), and those of all commands apart from those of the daemon.
    codeSplitting: {
      groups: [
        { name: 'libraries-cli', test: /[\\/]node_modules[\\/]commander[\\/]/, priority: 1 },
        // The thread of an isolated plugin needs no other.
        { name: 'libraries-ws', test: /[\\/]node_modules[\\/]ws[\\/]/, priority: 1 },
        // Only in a cluster.
        { name: 'libraries-nats', test: /[\\/]node_modules[\\/]@nats-io[\\/]/, priority: 1 },
        { name: 'libraries', test: /[\\/]node_modules[\\/]/ },
      ],
    },
  });
  await bundle.close();
  writeFileSync(DIGEST_FILE, digest);
}
