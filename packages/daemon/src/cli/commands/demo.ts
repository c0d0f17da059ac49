import type { DemoOptions } from '../demo.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { parseCount, parsePort } from '../frame/options.ts';

export const demo: CommandDefinition = {
  name: 'demo',
  summary: 'run the daemon with simulated calls, without an account and without internet access',
  isService: true,
  configure: (command) =>
    command
      .option('-p, --port <number>', 'the port to listen on', parsePort, 4000)
      .option('--calls <number>', 'the number of concurrent calls of each provider', parseCount(0, 999), 2)
      .option('--data <folder>', 'where to store the calls', './data')
      .option('--cluster', 'run three nodes with PostgreSQL and NATS, which have to be installed'),
  examples: [{ command: 'sidetone demo --calls 5', meaning: 'Play five calls of each provider at a time.' }],
  run: async ({ cluster = false, ...options }: DemoOptions & { readonly cluster?: boolean }) =>
    cluster
      ? (await import('../demo-cluster/demo-cluster.ts')).demoCluster(options)
      : (await import('../demo.ts')).demo(options),
};
