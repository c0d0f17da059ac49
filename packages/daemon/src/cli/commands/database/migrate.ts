import { Option } from 'commander';
import type { MigrateCommandOptions } from '../../actions/migrate.ts';
import type { CommandDefinition } from '../../frame/command.ts';
import { jsonOption, quietOption } from '../../frame/options.ts';

export const migrate: CommandDefinition = {
  name: 'migrate',
  summary:
    'move the database of a daemon that is stopped to PostgreSQL, and compare both; continues if interrupted',
  configure: (command) =>
    command
      .requiredOption('--from <file>', 'the database file (storage.path), which is only read')
      .addOption(
        new Option('--to <url>', 'the empty database: postgres://user@host:port/database')
          .env('SIDETONE_POSTGRES_URL')
          .makeOptionMandatory(),
      )
      .option('--schema <name>', 'the schema of the tables', 'public')
      .option('--dry-run', 'change nothing; measure how long it takes and how much space it needs')
      .option('--verify-only', 'change nothing; compare both databases; exit code 0: equal, 1: different')
      .option('--restart', 'delete what an interrupted migration has stored, and begin again')
      .addOption(jsonOption())
      .addOption(quietOption()),
  examples: [
    {
      command:
        'sidetone migrate --from ./data/sidetone.db --to postgres://sidetone_owner@db.example.com/sidetone --dry-run',
      meaning: 'Estimate time and space, while the daemon runs. PGPASSWORD contains the password.',
    },
    {
      command: 'sidetone migrate --from ./data/sidetone.db',
      meaning: 'Move the database to the one that SIDETONE_POSTGRES_URL names. The daemon must not run.',
    },
  ],
  run: async (options: MigrateCommandOptions) => (await import('../../actions/migrate.ts')).migrate(options),
};
