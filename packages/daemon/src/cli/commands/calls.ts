import type { CallsOptions } from '../actions/calls.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { jsonOption, parseCount, quietOption, urlOption } from '../frame/options.ts';

export const calls: CommandDefinition = {
  name: 'calls',
  summary: 'list calls of the running daemon, newest first; needs the scope read',
  configure: (command) =>
    command
      .option('--live', 'only live calls')
      .option('--provider <ids...>', 'only calls of these provider instances')
      .option('--status <statuses...>', 'only calls in these statuses, such as ringing')
      .option('--direction <directions...>', 'only calls with these directions: inbound, outbound, web')
      .option('--since <date>', 'only calls created from this date on, such as 2026-01-31')
      .option('--until <date>', 'only calls created before this date')
      .option('--number <number>', 'only calls from or to this number, its first or its last digits')
      .option('--tag <tags...>', 'only calls with all of these tags')
      .option('--said <text>', 'only calls whose transcript matches this search text')
      .option('--limit <number>', 'the largest number of calls', parseCount(1, 100_000), 50)
      .addOption(urlOption())
      .addOption(jsonOption())
      .addOption(quietOption()),
  examples: [
    { command: 'sidetone calls --live', meaning: 'List the calls of this moment.' },
    {
      command: 'sidetone calls --since 2026-01-01 --said refund --json',
      meaning: 'Print the calls about refunds as JSON lines.',
    },
  ],
  run: async (options: CallsOptions) => (await import('../actions/calls.ts')).calls(options),
};
