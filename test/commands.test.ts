/** Requires of every command in a document that a test runs it, or a reason why none can. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../packages/daemon/src/cli/program.ts';
import { DOCUMENTS_WITH_COMMANDS, type DocumentCommands } from './support/command-tests.ts';
import { blocksIn, commandsIn, commandsOf, documentsBelow } from './support/commands.ts';
import { read } from './support/documents.ts';
import { filesBelow } from './support/files.ts';

const documents: Readonly<Record<string, DocumentCommands>> = DOCUMENTS_WITH_COMMANDS;

describe('commandsIn', () => {
  const block = (language: string, ...lines: string[]): string =>
    ['```' + language, ...lines, '```', ''].join('\n');

  test.each([
    ['each line', block('sh', 'npm start', 'npm test'), ['npm start', 'npm test']],
    ['no comments', block('bash', '# first', 'npm start   # runs it'), ['npm start']],
    ['continued lines as one', block('sh', 'curl \\', '  --silent \\', '  a'), ['curl --silent a']],
    ['what follows prompts', block('console', '$ ls -l', 'a.txt', '$ pwd'), ['ls -l', 'pwd']],
    ['nothing of other languages', block('yaml', 'npm: start'), []],
    ['those of indented blocks', '- a list\n\n  ```sh\n  npm start\n  ```\n', ['npm start']],
  ])('returns %s', (_, markdown, commands) => {
    expect(commandsIn(markdown)).toEqual(commands);
  });

  test('keeps what is no comment', () => {
    expect(commandsIn(block('sh', 'send 12#', "say 'a # b'"))).toEqual(['send 12#', "say 'a # b'"]);
  });
});

describe('documents', () => {
  const withCommands = documentsBelow().filter((document) => commandsOf(document).length > 0);

  test('are listed with the test that runs their commands', () => {
    expect(withCommands.length).toBeGreaterThan(15);
    expect(Object.keys(documents).toSorted()).toEqual(withCommands.toSorted());
  });

  test('mark every block with its language', () => {
    const unmarked = documentsBelow().filter((document) =>
      blocksIn(read(document)).some(({ language }) => language === ''),
    );
    expect(unmarked).toEqual([]);
  });

  test('have no placeholders in their commands that a shell takes for redirections', () => {
    const isInvalid = (command: string): boolean => /<[\w-]+>/.test(command);
    expect(withCommands.flatMap((document) => commandsOf(document).filter(isInvalid))).toEqual([]);
  });
});

type Command = ReturnType<typeof createProgram>;

/** Returns the first word of a command line that the program does not know: a command or an option. */
function unknownWordIn(line: string): string | undefined {
  let command: Command = createProgram();
  let isName = true;
  for (const word of line.split(/\s+/).slice(1)) {
    const next = isName ? command.commands.find((each) => each.name() === word) : undefined;
    if (next) command = next;
    else if (isName && command.commands.length > 0 && /^[a-z-]+$/.test(word) && !word.startsWith('-'))
      return word;
    else isName = false;
    const [flag] = /^--?[a-z][a-z-]*/.exec(word) ?? [];
    const isKnown = command.options.some(({ long, short }) => flag === long || flag === short);
    if (flag !== undefined && !isKnown && !['--help', '--version'].includes(flag)) return word;
  }
  return undefined;
}

describe('commands in sentences and tables', () => {
  const lines = documentsBelow().flatMap((document) =>
    [...read(document).matchAll(/(?<!`)`((?:sidetone|npm run|npx vitest run) [^`\n]+)`/g)].map(
      ([, line]) => ({
        document,
        line: line!,
      }),
    ),
  );
  const startingWith = (program: string) => lines.filter(({ line }) => line.startsWith(`${program} `));

  test('have commands and options that the program has', () => {
    expect(unknownWordIn('sidetone bakup FILE')).toBe('bakup');
    expect(unknownWordIn('sidetone backup --recording .')).toBe('--recording');
    expect(startingWith('sidetone').length).toBeGreaterThan(30);
    expect(startingWith('sidetone').filter(({ line }) => unknownWordIn(line) !== undefined)).toEqual([]);
  });

  test('have scripts of package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const names = startingWith('npm run').map(({ line }) => line.split(' ')[2]!);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test('have tests that exist', () => {
    const paths = startingWith('npx vitest run').flatMap(
      ({ line }) => /(?:packages|test)\/\S*/.exec(line) ?? [],
    );
    const isKnown = (path: string): boolean =>
      existsSync(path) || filesBelow(dirname(path)).some((file) => file.startsWith(path));
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !isKnown(path))).toEqual([]);
  });
});

describe.each(Object.entries(documents))('%s', (document, { test: file, elsewhere = {}, notRun = {} }) => {
  test('is followed by its test', () => {
    // The name of a document, or its beginning before a placeholder.
    const named = [document, `${document.replace(/[^/-]*\.md$/, '')}\${`, `${document.split('/')[0]!}/\${`];
    const source = read(file);
    expect(source).toMatch(/\bfollow\(/);
    expect(named.some((name) => source.includes(name))).toBe(true);
  });

  test('has the commands that are run elsewhere or not at all', () => {
    const exceptions = [...Object.keys(elsewhere), ...Object.keys(notRun)];
    expect(exceptions.filter((command) => !commandsOf(document).includes(command))).toEqual([]);
    for (const reason of Object.values(notRun)) expect(reason.length).toBeGreaterThan(10);
    for (const other of Object.values(elsewhere)) expect(existsSync(other)).toBe(true);
  });
});
