import type { ConformOptions } from '../actions/conform.ts';
import type { CommandDefinition } from '../frame/command.ts';

export const conform: CommandDefinition = {
  name: 'conform',
  summary: 'audit a plugin; exit code 0: it conforms, 1: it does not, 2: it was not found',
  configure: (command) =>
    command
      .argument('<plugin>', 'a folder, a module such as ./my-plugin, or the name of a package')
      .option('--json', 'print the report card as JSON'),
  examples: [{ command: 'sidetone conform ./my-plugin', meaning: 'Print the report card of a plugin.' }],
  run: async (plugin: string, options: ConformOptions) =>
    (await import('../actions/conform.ts')).conform(plugin, options),
};
