import type { AuditOptions, VerifyOptions } from '../actions/audit.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { databaseOption, postgresOption, schemaOption } from '../frame/options.ts';

const verify: CommandDefinition = {
  name: 'verify',
  summary: 'verify the chain of hashes; exit code 0: intact, 1: changed or not readable',
  configure: (command) =>
    command.addOption(databaseOption()).addOption(postgresOption('the log')).addOption(schemaOption()),
  examples: [
    { command: 'sidetone audit verify', meaning: 'Check that no entry was changed, removed or inserted.' },
    { command: 'sidetone audit verify --postgres', meaning: 'The same in PostgreSQL, while daemons run.' },
  ],
  run: async (options: VerifyOptions) => (await import('../actions/audit.ts')).verifyAudit(options),
};

export const audit: CommandDefinition = {
  name: 'audit',
  summary: 'print the audit log as JSON lines, oldest first, without changing it; the daemon may be running',
  configure: (command) =>
    command
      .addOption(databaseOption())
      .option('--url <address>', 'ask the daemon at this address instead; needs the scope admin')
      .option('--since <date>', 'only entries from this date on, such as 2026-01-31')
      .option('--until <date>', 'only entries before this date')
      .option('--by <names...>', 'only entries of these access tokens')
      .option('--action <actions...>', 'only entries of these actions, such as erase')
      .option('--call <id>', 'only entries about this call, also after it was erased')
      .option('--outcome <outcome>', 'only entries with this outcome: done or failed')
      .option('--verify', 'the same as `sidetone audit verify`'),
  examples: [
    { command: 'sidetone audit --since 2026-01-01 --by ada', meaning: 'Print what ada did since a date.' },
    {
      command: 'sidetone audit --url http://127.0.0.1:4000/ --action sign_in_failed',
      meaning: 'Print failed sign-ins, from the running daemon.',
    },
  ],
  commands: [verify],
  run: async (options: AuditOptions) => (await import('../actions/audit.ts')).audit(options),
};
