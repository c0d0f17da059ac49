/** What a command is: its help, and an action that is imported when it runs. */
import type { Command } from 'commander';

export interface Example {
  readonly command: string;
  readonly meaning: string;
}

/** Receives the arguments, then the options, then the command. */
type Action = (...args: never[]) => Promise<void>;

interface CommandHelp {
  /** One word. */
  readonly name: string;
  /** What it does, in lower case, without a full stop. */
  readonly summary: string;
  readonly examples: readonly Example[];
  /** Adds the arguments and options. */
  readonly configure?: (command: Command) => Command;
}

/** A command that runs, and may have commands of its own. */
export interface CommandDefinition extends CommandHelp {
  /** Imports the module of the action, so that other commands and the help do not load it. */
  readonly run?: Action;
  readonly commands?: readonly CommandDefinition[];
  /** Runs until a signal: the end of a reader of its output does not end it. */
  readonly isService?: true;
}

/** Adds a command, and its commands, to a program or another command. */
export function addCommand(parent: Command, definition: CommandDefinition, onStart: OnStart): void {
  const { name, summary, examples, configure, run, commands = [] } = definition;
  const command = parent.command(name).description(summary);
  // An option after the name of an inner command belongs to that one.
  if (run && commands.length > 0) command.enablePositionalOptions();
  configure?.(command);
  if (examples.length > 0) command.addHelpText('after', () => `\n${describeExamples(examples)}`);
  for (const each of commands) addCommand(command, each, onStart);
  if (!run) return;
  command.action((...args) => {
    onStart(definition);
    return run(...(args as never[]));
  });
}

export type OnStart = (definition: CommandDefinition) => void;

function describeExamples(examples: readonly Example[]): string {
  const lines = examples.map(({ command, meaning }) => `  $ ${command}\n      ${meaning}`);
  return ['Examples:', ...lines].join('\n');
}
