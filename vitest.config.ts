import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Tests read the packages' TypeScript sources through this export condition: no build comes first.
  ssr: { resolve: { conditions: ['@sidetone/source', 'node', 'import', 'default'] } },
  // Vite would pick the ESM build of graphql where Pothos loads the CommonJS one; two copies refuse each other.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'e2e/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Most of the time of the whole is calls that speak in real time: two at once wait as well as one.
    maxWorkers: 2,
  },
});
