import type { InitOptions } from '../actions/init.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { quietOption } from '../frame/options.ts';

export const init: CommandDefinition = {
  name: 'init',
  summary:
    'write a configuration file with comments; asks on a terminal for what no option says, and never replaces a file',
  configure: (command) =>
    command
      .argument('[file]', 'the file to write', 'sidetone.yaml')
      .option('--provider <names...>', 'the providers: vapi, vobiz')
      .option('--deepgram', 'transcribe calls with Deepgram')
      .option('--no-deepgram', 'do not transcribe calls')
      .option('--public-url <url>', 'the address at which providers reach the daemon')
      .option('--country <code>', 'the country of national telephone numbers, such as IN')
      .option('--record', 'record calls')
      .option('--no-record', 'do not record calls')
      .addOption(quietOption()),
  examples: [
    { command: 'sidetone init', meaning: 'Answer a few questions, and write ./sidetone.yaml.' },
    {
      command: 'sidetone init --provider vapi --public-url https://calls.example.com --no-record',
      meaning: 'Write a file for Vapi behind a proxy.',
    },
  ],
  run: async (file: string, options: InitOptions) => (await import('../actions/init.ts')).init(file, options),
};
