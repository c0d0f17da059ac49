import type { AuditOptions } from '../actions/audit.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { databaseOption } from '../frame/options.ts';

export const audit: CommandDefinition = {
  name: 'audit',
  summary: 'print the audit log as JSON lines, without changing it; the daemon may be running',
  configure: (command) =>
    command
      .addOption(databaseOption())
      .option('--call <id>', 'print only the entries about this call')
      .option(
        '--verify',
        'verify the chain of hashes instead; exit code 0: intact, 1: changed or not readable',
      ),
  examples: [
    { command: 'sidetone audit --database ./data/sidetone.db', meaning: 'Print all entries, oldest first.' },
    { command: 'sidetone audit --verify', meaning: 'Check that no entry was changed, removed or inserted.' },
  ],
  run: async (options: AuditOptions) => (await import('../actions/audit.ts')).audit(options),
};
