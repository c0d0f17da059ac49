import type { TailOptions } from '../actions/tail.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { jsonOption, quietOption, urlOption } from '../frame/options.ts';

export const tail: CommandDefinition = {
  name: 'tail',
  summary:
    'show the events and the transcript of live calls until Ctrl-C, on a terminal with levels; needs the scope read, and listen for levels',
  configure: (command) =>
    command
      .option('--call <id>', 'only this call; ends with it')
      .option('--after <cursor>', 'continue after the event with this cursor, of an earlier JSON line')
      .addOption(urlOption())
      .addOption(jsonOption())
      .addOption(quietOption()),
  examples: [
    { command: 'sidetone tail', meaning: 'Show what happens in all calls.' },
    {
      command: 'sidetone tail --call call_0199 --json',
      meaning: 'Print the events of one call as JSON lines.',
    },
  ],
  run: async (options: TailOptions) => (await import('../actions/tail.ts')).tail(options),
};
