import type { BackupCommandOptions } from '../../actions/backup.ts';
import type { CommandDefinition } from '../../frame/command.ts';
import { databaseOption, jsonOption, quietOption } from '../../frame/options.ts';

export const backup: CommandDefinition = {
  name: 'backup',
  summary: 'copy the database into a file, while the daemon runs or not',
  configure: (command) =>
    command
      .argument('<file>', 'the file of the backup; its manifest and recordings are placed beside it')
      .addOption(databaseOption())
      .option('--recordings <folder>', 'copy the recordings in this folder (recording.path) too')
      .option('--force', 'replace an earlier backup')
      .addOption(jsonOption())
      .addOption(quietOption()),
  examples: [
    { command: 'sidetone backup /backups/monday.db', meaning: 'Back up ./data/sidetone.db.' },
    {
      command: 'sidetone backup /backups/latest.db --recordings ./data/recordings --force',
      meaning: 'Back up the recordings too, and replace the last backup.',
    },
  ],
  run: async (file: string, options: BackupCommandOptions) =>
    (await import('../../actions/backup.ts')).backup(file, options),
};
