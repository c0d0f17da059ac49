import type { DevOptions } from '../dev/dev.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { parsePort } from '../frame/options.ts';

export const dev: CommandDefinition = {
  name: 'dev',
  summary: 'run a daemon with one plugin, and start it again with a report card after each change',
  isService: true,
  configure: (command) =>
    command
      .argument('[plugin]', 'the folder of the plugin, or its module', '.')
      .option('-p, --port <number>', 'the port to listen on', parsePort, 4000)
      .option(
        '--options <file>',
        'the options of the plugin as YAML, instead of those of its conformance.js',
      ),
  examples: [
    { command: 'sidetone dev', meaning: 'Develop the plugin in this folder, with the dashboard beside it.' },
    {
      command: 'sidetone dev ./my-plugin --options options.yaml',
      meaning: 'Develop another one, with options of your own.',
    },
  ],
  run: async (plugin: string, options: DevOptions) => {
    // Set for the process of the daemon.
    const folder = process.env['SIDETONE_DEV_FOLDER'];
    if (folder === undefined) await (await import('../dev/dev.ts')).dev(plugin, options);
    else await (await import('../dev/dev-daemon.ts')).runDaemon(plugin, folder, options);
  },
};
