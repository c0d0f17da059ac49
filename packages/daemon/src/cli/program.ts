/** `sidetone`: its commands, options and exit codes. Each command is imported when it runs, so that help is fast. */
import { readFileSync } from 'node:fs';
import { isFault, messageOf } from '@sidetone/core';
import { Command, InvalidArgumentError } from 'commander';
import type { BackfillOptions } from './backfill.ts';
import { conform } from './conform.ts';
import type { DemoOptions } from './demo.ts';
import type { StartOptions } from './start.ts';

/** The exit code for a mistake in the configuration, as sysexits.h has it. */
const EX_CONFIG = 78;

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

function port(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError('a port is a whole number from 0 to 65535.');
}

function count(text: string): number {
  const value = Number(text);
  if (/^\d{1,3}$/.test(text)) return value;
  throw new InvalidArgumentError('give a whole number from 0 to 999.');
}

/** Runs a command to its end. A failure is one line on standard error. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command('sidetone')
    .description('A daemon beside live voice calls: history, live transcript, levels and control as GraphQL.')
    .version(version)
    .showHelpAfterError('(`sidetone --help` lists what there is)');
  program
    .command('start')
    .description('run the daemon')
    .requiredOption('-c, --config <file>', 'the configuration file')
    .option('-p, --port <number>', 'the port to listen on, instead of the configured one', port)
    .action(async (options: StartOptions) => (await import('./start.ts')).start(options));
  program
    .command('demo')
    .description('run the daemon with made-up calls that speak: no account, nothing leaves this machine')
    .option('-p, --port <number>', 'the port to listen on', port, 4000)
    .option('--calls <number>', 'how many calls of each provider are live at any time', count, 2)
    .option('--data <folder>', 'where the calls are kept', './data')
    .action(async (options: DemoOptions) => (await import('./demo.ts')).demo(options));
  program
    .command('backfill')
    .description("take a provider's past calls into the history of the running daemon")
    .requiredOption('--provider <id>', 'whose calls')
    .requiredOption('--since <date>', 'those created from this date on, like 2026-01-31')
    .option('--until <date>', 'those created before this date; now, when left out')
    .option('--url <address>', 'where the daemon listens', 'http://127.0.0.1:4000/')
    .action(async (options: BackfillOptions) => (await import('./backfill.ts')).backfill(options));
  program
    .command('conform')
    .description('audit a plugin: exit code 0 when it keeps the contract, 1 when not, 2 when there is none')
    .argument('<plugin>', 'a folder or a module, like ./my-plugin, or the name of a package')
    .option('--json', 'show the report card as JSON')
    .action(conform);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.stderr.write(`sidetone: ${sentence(error)}\n`);
    process.exitCode = isFault(error) && error.kind === 'config' ? EX_CONFIG : 1;
  }
}

function sentence(error: unknown): string {
  if (isFault(error)) return `${error.message}. ${error.remedy} [${error.code}]`;
  return error instanceof Error && error.stack ? error.stack : messageOf(error);
}
