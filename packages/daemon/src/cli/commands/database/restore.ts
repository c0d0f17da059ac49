import type { RestoreCommandOptions } from '../../actions/restore.ts';
import type { CommandDefinition } from '../../frame/command.ts';
import { jsonOption, quietOption } from '../../frame/options.ts';

export const restore: CommandDefinition = {
  name: 'restore',
  summary: 'restore a backup into a folder without a database, or verify it',
  configure: (command) =>
    command
      .argument('<file>', 'the file of the backup')
      .option('--to <folder>', 'the folder that receives sidetone.db and recordings')
      .option(
        '--verify',
        'verify the backup without restoring it; exit code 0: intact, 1: changed, incomplete or not readable',
      )
      .addOption(jsonOption())
      .addOption(quietOption()),
  examples: [
    {
      command: 'sidetone restore /backups/monday.db --verify',
      meaning: 'Check the checksums, the database and the chain of its audit log.',
    },
    {
      command: 'sidetone restore /backups/monday.db --to ./data',
      meaning: 'Restore it for a daemon whose storage.path is ./data/sidetone.db. The daemon must not run.',
    },
  ],
  run: async (file: string, options: RestoreCommandOptions) =>
    (await import('../../actions/restore.ts')).restore(file, options),
};
