import { defineConfig } from 'vitest/config';

/** Tests of the simulator play calls in real time. */
const SIMULATOR = ['packages/simulator/test/**/*.test.ts'];
/** Audits of the test kit watch the global timers, which must not be shared with other files. */
const TESTKIT = [
  'packages/testkit/test/*.test.ts',
  'packages/daemon/test/plugins/isolation/conformance.test.ts',
  'packages/daemon/test/plugins/wire-capture/round-trip.test.ts',
];
/** `npm run test:long` runs these, and `npm test` does not. See `e2e/long/README.md`. */
const LONG = [
  'e2e/long/**/*.test.ts',
  'packages/testkit/test/mutants.test.ts',
  'packages/testkit/test/transcriber-mutants.test.ts',
];
/** Tests of the store on PostgreSQL share a server. */
const POSTGRES = ['packages/daemon/test/postgres/**/*.test.ts'];
/** Tests of what the nodes of a cluster say to each other share a server of NATS. */
const NATS = ['packages/daemon/test/nats/**/*.test.ts'];
const E2E_SETUP = ['e2e/support/setup.ts'];

export default defineConfig({
  // Tests read the packages' TypeScript sources through this export condition: no build comes first. Node.js adds `import` or
  // `require` by itself; listed here, it would give ES modules to CommonJS packages.
  ssr: { resolve: { conditions: ['@sidetone/source', 'node'] } },
  // Vite would pick the ESM build of graphql where Pothos loads the CommonJS one; two copies reject each other.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...SIMULATOR, ...TESTKIT, ...POSTGRES, ...NATS],
          // Files of a worker share their modules: half of the time of a run would be imports.
          isolate: false,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'testkit',
          include: TESTKIT,
          exclude: LONG,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: POSTGRES,
          globalSetup: ['packages/daemon/test/postgres/support/server.ts'],
          isolate: false,
          // As the others of its group.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'nats',
          include: NATS,
          globalSetup: ['packages/daemon/test/nats/support/server.ts'],
          isolate: false,
          // As the others of its group.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'simulator',
          include: SIMULATOR,
          isolate: false,
          // Nearly all of the time is waiting for calls that play in real time, in this process.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: LONG,
          // Files of a worker share their modules and a browser.
          isolate: false,
          setupFiles: E2E_SETUP,
          // A test needs about a third of a core: it waits for calls that play in real time. Larger files start first.
          maxWorkers: 4,
          // Tests share two cores: each takes longer than alone. What they wait for has a limit of its own (`PATIENCE_MS`).
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: LONG,
          setupFiles: E2E_SETUP,
          // There is time: tests that load a machine get it for themselves.
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
