import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Tests read the packages' TypeScript sources through this export condition: no build comes first.
  ssr: { resolve: { conditions: ['@sidetone/source', 'node', 'import', 'default'] } },
  // Vite would pick the ESM build of graphql where Pothos loads the CommonJS one; two copies reject each other.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          // Most of the time is calls that play in real time: two files at once use both cores.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
