import { defineConfig } from 'vitest/config';

/**
 * Tests in packages that do not belong to the unit tests: those of the simulator play calls in real time, and those of the
 * test kit watch the global timers, which must not be shared with other files.
 */
const NO_UNIT_TESTS = ['packages/simulator/test/**/*.test.ts', 'packages/testkit/test/*.test.ts'];

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
          exclude: NO_UNIT_TESTS,
          // Files of a worker share their modules: half of the time of a run would be imports.
          isolate: false,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts', ...NO_UNIT_TESTS],
          // Most of the time is calls that play in real time: two files at once use both cores.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
