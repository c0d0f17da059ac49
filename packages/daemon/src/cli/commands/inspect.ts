import type { InspectOptions } from '../actions/inspect.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { jsonOption, parseCount, quietOption, urlOption } from '../frame/options.ts';

export const inspect: CommandDefinition = {
  name: 'inspect',
  summary:
    'list the last requests and sockets between providers and the running daemon, with what failed and the remedy; needs the scope admin',
  configure: (command) =>
    command
      .option('--provider <id>', 'only those of this provider instance')
      .option('--failed', 'only those that failed')
      .option('--first <number>', 'the number of requests of each provider', parseCount(1, 200), 50)
      .addOption(urlOption())
      .addOption(jsonOption())
      .addOption(quietOption()),
  examples: [
    {
      command: 'sidetone inspect --provider vapi --failed',
      meaning: 'Find out why the webhooks of Vapi do not get through.',
    },
    {
      command: 'sidetone inspect --json',
      meaning:
        'Print also the structure of the bodies: fields, types and lengths, without transcripts, numbers and secrets.',
    },
  ],
  run: async (options: InspectOptions) => (await import('../actions/inspect.ts')).inspect(options),
};
