import { Argument, Option } from 'commander';
import { EXPORT_CONTENTS, EXPORT_FORMATS, type ExportContent } from '../../export/contents.ts';
import { CALL_EXPORTS } from '../../export/call-exports.ts';
import type { ExportOptions } from '../actions/export.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { quietOption, urlOption } from '../frame/options.ts';

export const exportCommand: CommandDefinition = {
  name: 'export',
  summary: 'export calls, events or utterances, or the transcript or recording of a call',
  configure: (command) =>
    command
      .addArgument(
        new Argument('[content]', 'what to export as jsonl or csv').choices(EXPORT_CONTENTS).default('calls'),
      )
      .addOption(
        new Option('-f, --format <format>', 'the format; those of one call require --call')
          .choices([...EXPORT_FORMATS, ...Object.keys(CALL_EXPORTS)])
          .default('jsonl'),
      )
      .option('--call <id>', 'the id of the call whose transcript or recording is exported')
      .option('--provider <ids...>', 'only calls of these providers')
      .option('--since <date>', 'only calls created from this date on, such as 2026-01-31')
      .option('--until <date>', 'only calls created before this date')
      .option(
        '--filter <json>',
        'only calls that match this CallFilter of the API; - reads it from standard input, because other users can see arguments',
      )
      .option('--after <cursor>', 'continue after the row with this cursor')
      .option('-o, --output <file>', 'write to a new file instead of standard output')
      .option('--continue', 'complete the file of an export that was interrupted')
      .addOption(urlOption())
      .addOption(quietOption()),
  examples: [
    {
      command: 'sidetone export --since 2026-01-01 --format csv --output calls.csv',
      meaning: 'Export the calls since the start of 2026 as CSV.',
    },
    {
      command: 'sidetone export utterances --output utterances.jsonl --continue',
      meaning: 'Complete an export of all transcripts, or start it.',
    },
    {
      command: 'sidetone export --call call_0190 --format vtt --output call.vtt',
      meaning: 'Export the transcript of a call as subtitles of its recording.',
    },
    {
      command: 'sidetone export --call call_0190 --format flac --output call.flac',
      meaning: 'Export the recording of a call, compressed without loss.',
    },
  ],
  run: async (content: ExportContent, options: ExportOptions) =>
    (await import('../actions/export.ts')).exportData(content, options),
};
