import type { BackfillOptions } from '../actions/backfill.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { urlOption } from '../frame/options.ts';

export const backfill: CommandDefinition = {
  name: 'backfill',
  summary: 'import past calls of a provider into the running daemon; needs the scope admin',
  configure: (command) =>
    command
      .requiredOption('--provider <id>', 'the id of the provider instance')
      .requiredOption('--since <date>', 'import calls created from this date on, such as 2026-01-31')
      .option('--until <date>', 'import calls created before this date (default: now)')
      .addOption(urlOption()),
  examples: [
    {
      command: 'sidetone backfill --provider vapi --since 2026-01-01',
      meaning:
        'Import the calls of Vapi since the start of 2026. The same command continues an import that stopped.',
    },
  ],
  run: async (options: BackfillOptions) => (await import('../actions/backfill.ts')).backfill(options),
};
