/** `sidetone`: runs the command that the arguments name, and prints a failure as one line on standard error. */
import { isFault, messageOf } from '@sidetone/core';
import { Command, CommanderError } from 'commander';
import { COMMANDS } from './commands/index.ts';
import { exitOnBrokenPipe } from './frame/broken-pipe.ts';
import { addCommand, type OnStart } from './frame/command.ts';
import { EXIT_CODES, exitNameOf, exitWith } from './frame/exit-codes.ts';
import { ENVIRONMENT } from './frame/options.ts';
import { VERSION } from './frame/version.ts';

/** Returns the program with all commands. It throws a CommanderError instead of exiting. */
export function createProgram(onStart: OnStart = () => undefined): Command {
  const program = new Command('sidetone')
    .description(
      'A daemon for live voice calls: history, transcripts, audio levels and control through GraphQL.',
    )
    .version(VERSION)
    .showHelpAfterError('(add `--help` for the options and examples)')
    .addHelpText('after', helpOfProgram)
    .exitOverride();
  for (const definition of COMMANDS) addCommand(program, definition, onStart);
  return program;
}

/** Runs a command. Sets the exit code of the process. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = createProgram(({ isService }) => {
    if (!isService) exitOnBrokenPipe(process.stdout, (code) => process.exit(code));
  });
  try {
    if (argv[2] === SUGGEST) (await import('./actions/completion.ts')).addSuggestions(program);
    await program.parseAsync([...argv]);
  } catch (error) {
    // Its message was printed.
    if (error instanceof CommanderError) return exitWith(isHelp(error) ? 'OK' : 'USAGE');
    process.stderr.write(`sidetone: ${describeError(error)}\n`);
    exitWith(exitNameOf(error));
  }
}

/** The command by which the script of `sidetone completion` asks for suggestions. */
const SUGGEST = 'complete';

const isHelp = ({ code }: CommanderError): boolean =>
  code === 'commander.helpDisplayed' || code === 'commander.version';

function helpOfProgram(): string {
  const width = 2 + Math.max(...Object.keys(ENVIRONMENT).map((name) => name.length));
  const variables = Object.entries(ENVIRONMENT).map(([name, meaning]) => `  ${name.padEnd(width)}${meaning}`);
  const codes = Object.values(EXIT_CODES).map(
    ({ code, meaning }) => `  ${String(code).padEnd(5)}${meaning.replaceAll('`', '')}`,
  );
  return ['', 'Environment variables:', ...variables, '', 'Exit codes:', ...codes].join('\n');
}

function describeError(error: unknown): string {
  // The message of several errors ends with a line feed.
  if (isFault(error))
    return `${error.message}${error.message.endsWith('\n') ? '' : '. '}${error.remedy} [${error.code}]`;
  return error instanceof Error && error.stack ? error.stack : messageOf(error);
}
