/** `sidetone`: its commands, options and exit codes. Each command is imported when it runs, so that help is fast. */
import { readFileSync } from 'node:fs';
import { isFault, messageOf } from '@sidetone/core';
import { Command, InvalidArgumentError } from 'commander';
import type { AuditOptions } from './audit.ts';
import type { BackfillOptions } from './backfill.ts';
import { conform } from './conform.ts';
import type { DemoOptions } from './demo.ts';
import type { StartOptions } from './start.ts';

/** The exit code for an invalid configuration, from sysexits.h. */
const EX_CONFIG = 78;

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

function parsePort(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError('expected a whole number from 0 to 65535.');
}

function parseCount(text: string): number {
  const value = Number(text);
  if (/^\d{1,3}$/.test(text)) return value;
  throw new InvalidArgumentError('expected a whole number from 0 to 999.');
}

/** Runs a command. A failure is printed as one line on standard error. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command('sidetone')
    .description(
      'A daemon for live voice calls: history, transcripts, audio levels and control through GraphQL.',
    )
    .version(version)
    .showHelpAfterError('(run `sidetone --help` for a list of commands)');
  program
    .command('start')
    .description('run the daemon')
    .option('-c, --config <file>', 'the configuration file', 'sidetone.yaml')
    .option('-p, --port <number>', 'the port to listen on, instead of the configured one', parsePort)
    .action(async (options: Omit<StartOptions, 'version'>) =>
      (await import('./start.ts')).start({ ...options, version }),
    );
  program
    .command('demo')
    .description('run the daemon with simulated calls, without an account and without internet access')
    .option('-p, --port <number>', 'the port to listen on', parsePort, 4000)
    .option('--calls <number>', 'the number of concurrent calls of each provider', parseCount, 2)
    .option('--data <folder>', 'where to store the calls', './data')
    .action(async (options: DemoOptions) => (await import('./demo.ts')).demo(options));
  program
    .command('backfill')
    .description(
      'import past calls of a provider into the running daemon (SIDETONE_TOKEN: an access token with the scope admin)',
    )
    .requiredOption('--provider <id>', 'the id of the provider instance')
    .requiredOption('--since <date>', 'import calls created from this date on, such as 2026-01-31')
    .option('--until <date>', 'import calls created before this date (default: now)')
    .option('--url <address>', 'the address of the daemon', 'http://127.0.0.1:4000/')
    .action(async (options: BackfillOptions) => (await import('./backfill.ts')).backfill(options));
  program
    .command('audit')
    .description('print the audit log as JSON lines, without changing it; the daemon may be running')
    .option('--database <file>', 'the database file (storage.path)', './data/sidetone.db')
    .option('--call <id>', 'print only the entries about this call')
    .option('--verify', 'verify the chain of hashes instead; exit code 0: intact, 1: changed or not readable')
    .action(async (options: AuditOptions) => (await import('./audit.ts')).audit(options));
  program
    .command('conform')
    .description('audit a plugin; exit code 0: it conforms, 1: it does not, 2: it was not found')
    .argument('<plugin>', 'a folder, a module such as ./my-plugin, or the name of a package')
    .option('--json', 'print the report card as JSON')
    .action(conform);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.stderr.write(`sidetone: ${describeError(error)}\n`);
    process.exitCode = isFault(error) && error.kind === 'config' ? EX_CONFIG : 1;
  }
}

function describeError(error: unknown): string {
  // The message of several errors ends with a line feed.
  if (isFault(error))
    return `${error.message}${error.message.endsWith('\n') ? '' : '. '}${error.remedy} [${error.code}]`;
  return error instanceof Error && error.stack ? error.stack : messageOf(error);
}
