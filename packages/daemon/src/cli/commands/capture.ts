import type { CaptureOptions } from '../actions/capture.ts';
import type { CommandDefinition } from '../frame/command.ts';

export const capture: CommandDefinition = {
  name: 'capture',
  summary:
    'list the calls in a file of providers.<id>.capture, or turn one into a test of the plugin; exit code 0: done, 1: the test fails, 2: the file, the call or the plugin was not found',
  configure: (command) =>
    command
      .argument('<file>', 'the file of providers.<id>.capture')
      .option('--call <id>', 'write a test of this call, by the id of the provider')
      .option(
        '--plugin <plugin>',
        'a folder, a module such as ./my-plugin.js, or the name of a package; default: the current folder',
      )
      .option('--output <test>', 'the file of the test; without it, the test is printed')
      .option('--scenario', 'write the scenario for `sidetone conform`, without tests')
      .option('--json', 'print the list as JSON'),
  examples: [
    { command: 'sidetone capture bell.jsonl', meaning: 'List the calls of a capture.' },
    {
      command: 'sidetone capture bell.jsonl --call b-17 --output b-17.test.js',
      meaning:
        'Write a test that plays the call to the plugin of this folder, and states what the plugin did.',
    },
  ],
  run: async (file: string, options: CaptureOptions) =>
    (await import('../actions/capture.ts')).capture(file, options),
};
