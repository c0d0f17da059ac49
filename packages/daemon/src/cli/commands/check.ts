import type { CheckOptions } from '../actions/check.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { configOption, jsonOption, quietOption } from '../frame/options.ts';

export const check: CommandDefinition = {
  name: 'check',
  summary:
    'check the configuration, credentials, public URL, database, disk and webhooks, with a remedy for each problem; exit code 78: invalid configuration, 1: another check failed',
  configure: (command) => command.addOption(configOption()).addOption(jsonOption()).addOption(quietOption()),
  examples: [
    { command: 'sidetone check', meaning: 'Check ./sidetone.yaml before a start, or while the daemon runs.' },
    { command: 'sidetone check --quiet', meaning: 'Print problems only.' },
  ],
  run: async (options: CheckOptions) => (await import('../actions/check.ts')).check(options),
};
