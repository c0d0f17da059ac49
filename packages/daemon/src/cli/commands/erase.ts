import type { EraseOptions } from '../actions/erase.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { jsonOption, quietOption, urlOption } from '../frame/options.ts';

export const erase: CommandDefinition = {
  name: 'erase',
  summary: 'erase a call, or everything of one telephone number; needs the scope admin',
  configure: (command) =>
    command
      .argument('[call]', 'the id of a call')
      .option(
        '--number',
        'erase all calls of one number; it is read from standard input, or asked for, because other users can see arguments',
      )
      .option('--dry-run', 'list the calls of the number without erasing them')
      .option(
        '--export <file>',
        'first write the calls of the number with their transcripts to a new file, as JSON lines',
      )
      .option('-y, --yes', 'do not ask for confirmation')
      .addOption(urlOption())
      .addOption(jsonOption())
      .addOption(quietOption()),
  examples: [
    { command: 'sidetone erase --number --dry-run', meaning: 'List the calls of a number.' },
    {
      command: 'sidetone erase --number --export calls.jsonl --yes < number.txt',
      meaning: 'Export the calls of a number, then erase them.',
    },
  ],
  run: async (call: string | undefined, options: EraseOptions) =>
    (await import('../actions/erase.ts')).erase(call, options),
};
