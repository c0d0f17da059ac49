/** Finds the shell commands of documents. A test that follows a document takes its commands from there, and has to run all of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import {
  DOCUMENTS_WITH_COMMANDS,
  type DocumentCommands,
  type DocumentWithCommands,
} from './command-tests.ts';

export interface Block {
  readonly language: string;
  /** The name after the language. */
  readonly file: string | undefined;
  readonly text: string;
}

const SHELLS: readonly string[] = ['sh', 'bash', 'shell', 'zsh', 'console'];

/** Returns the fenced blocks of a text, without the indentation of their fences. */
export const blocksIn = (markdown: string): Block[] =>
  [...markdown.matchAll(/^( *)```(\w*) ?(\S*)\n([^]*?)^ *```$/gm)].map(
    ([, indentation, language, file, text]) => ({
      language: language!,
      file: file || undefined,
      text: text!.replaceAll(new RegExp(`^${indentation!}`, 'gm'), ''),
    }),
  );

export const blocksOf = (document: string): Block[] => blocksIn(readFileSync(document, 'utf8'));

/** Returns what follows each prompt of a session, with its continued lines. */
const withoutOutput = (session: string): string =>
  [...session.matchAll(/^\$ ((?:.*\\\n)*.*)$/gm)].map(([, command]) => command!).join('\n');

/** Returns the commands of all shell blocks of a text, without comments; lines that end with a backslash are joined. */
export const commandsIn = (markdown: string): string[] =>
  blocksIn(markdown)
    .filter(({ language }) => SHELLS.includes(language))
    .map(({ language, text }) => (language === 'console' ? withoutOutput(text) : text))
    .flatMap((text) => text.replaceAll(/\\\n\s*/g, '').split('\n'))
    .map((line) => line.replaceAll(/('[^']*'|"[^"]*")|(?:^|\s+)# .*$/g, '$1').trim())
    .filter((line) => line !== '');

export const commandsOf = (document: string): string[] => commandsIn(readFileSync(document, 'utf8'));

/** Folders that are not sources: installed, built or created by a run, or parts of packages of others. */
const SKIPPED = /^(?:\..*|node_modules|dist|data|coverage|templates)$/;

/** Returns all documents below a folder. */
export const documentsBelow = (folder = '.'): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.test(entry.name) ? [] : documentsBelow(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });

export interface FollowedDocument {
  /** Returns the command, or the only one with this beginning, which the test is going to run. @throws if there is none */
  take(beginning: string): string;
  /** Returns those commands with this beginning that were not taken yet. */
  takeAll(beginning: string): string[];
}

/** Returns the commands that can run of documents, for the current test, which fails unless it takes all of them. */
export function follow(...documents: readonly DocumentWithCommands[]): FollowedDocument {
  const commands = [...new Set(documents.flatMap(commandsToRun))];
  const left = new Set(commands);
  onTestFinished(({ task }) => {
    if (task.result?.state !== 'fail' && left.size > 0)
      throw new Error(`${documents.join()}: the test does not run: ${[...left].join('; ')}`);
  });
  return {
    take(beginning) {
      const candidates = commands.filter((command) => command.startsWith(beginning));
      const found = candidates.find((command) => command === beginning) ?? candidates[0];
      if (found === undefined || (candidates.length > 1 && found !== beginning))
        throw new Error(`${documents.join()}: expected one command that starts with: ${beginning}`);
      left.delete(found);
      return found;
    },
    takeAll(beginning) {
      const found = [...left].filter((command) => command.startsWith(beginning));
      for (const command of found) left.delete(command);
      return found;
    },
  };
}

function commandsToRun(document: DocumentWithCommands): string[] {
  const { notRun = {}, elsewhere = {} }: DocumentCommands = DOCUMENTS_WITH_COMMANDS[document];
  const isExcluded = (command: string): boolean =>
    Object.hasOwn(notRun, command) || Object.hasOwn(elsewhere, command);
  return commandsOf(document).filter((command) => !isExcluded(command));
}

/** Returns a command of a document that this test runs, and not the one of the other commands. @throws if there is none */
export function commandOf(document: DocumentWithCommands, beginning: string): string {
  const { elsewhere = {} }: DocumentCommands = DOCUMENTS_WITH_COMMANDS[document];
  const [found] = commandsOf(document).filter((command) => command.startsWith(beginning));
  if (found === undefined || !Object.hasOwn(elsewhere, found))
    throw new Error(`${document}: expected a command in \`elsewhere\` that starts with: ${beginning}`);
  return found;
}
