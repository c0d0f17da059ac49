import type { CommandDefinition } from '../frame/command.ts';
import { configOption, parsePort } from '../frame/options.ts';
import type { StartOptions } from '../start.ts';

export const start: CommandDefinition = {
  name: 'start',
  summary: 'run the daemon until a signal stops it',
  isService: true,
  configure: (command) =>
    command
      .addOption(configOption())
      .option('-p, --port <number>', 'the port to listen on, instead of the configured one', parsePort),
  examples: [
    { command: 'sidetone start', meaning: 'Run with ./sidetone.yaml.' },
    {
      command: 'sidetone start --config /etc/sidetone/sidetone.yaml',
      meaning: 'Run with another configuration file.',
    },
  ],
  run: async (options: StartOptions) => (await import('../start.ts')).start(options),
};
