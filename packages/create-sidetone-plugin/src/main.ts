/** `npm create sidetone-plugin`: asks on a terminal, takes options elsewhere, and never overwrites a file. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline/promises';
import {
  givenIn,
  KINDS,
  LANGUAGES,
  packageName,
  problemOf,
  shortName,
  type Choices,
  type Given,
} from './choices.ts';
import { filesOf } from './generate.ts';

const USAGE_EXIT_CODE = 2;

const listed = (table: Readonly<Record<string, { readonly meaning: string }>>): string =>
  Object.entries(table)
    .map(([name, { meaning }]) => `    ${name.padEnd(12)}${meaning}`)
    .join('\n');

const USAGE = `Usage: npm create sidetone-plugin -- NAME --kind KIND --language LANGUAGE

Creates the folder sidetone-plugin-NAME. On a terminal, what is missing is asked for.

  KIND
${listed(KINDS)}
  LANGUAGE
${listed(LANGUAGES)}
`;

const QUESTIONS = {
  name: 'Name of the provider (such as acme): ',
  kind: `Kind (${Object.keys(KINDS).join(', ')}): `,
  language: `Language (${Object.keys(LANGUAGES).join(', ')}): `,
} as const satisfies Record<keyof Choices, string>;

const KEYS = Object.keys(QUESTIONS) as (keyof Choices)[];

/** Returns the exit code: 0, or 2 if nothing was created. */
export async function main(args: readonly string[], cwd = process.cwd()): Promise<number> {
  try {
    const given = givenIn(args);
    if (given.help) return say(USAGE, 0);
    const choices = process.stdin.isTTY && process.stdout.isTTY ? await asked(given) : checked(given);
    return say(create(choices, cwd), 0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return USAGE_EXIT_CODE;
  }
}

function say(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

/** @throws {Error} if a choice is missing or invalid. */
function checked(given: Given): Choices {
  for (const key of KEYS) {
    const value = given[key];
    const problem = value === undefined ? 'missing' : problemOf[key](value);
    if (problem !== undefined) throw new Error(`${key}: ${problem}`);
  }
  const { name, kind, language } = given as Choices;
  return { name: shortName(name), kind, language };
}

/** Asks for what is missing or invalid, until it is valid. */
async function asked(given: Given): Promise<Choices> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answers: Record<string, string> = {};
    for (const key of KEYS) answers[key] = await answerTo(key, given[key], terminal);
    return checked(answers);
  } finally {
    terminal.close();
  }
}

async function answerTo(key: keyof Choices, given: string | undefined, terminal: Interface): Promise<string> {
  let answer = given;
  for (;;) {
    const problem = answer === undefined ? undefined : problemOf[key](answer);
    if (answer !== undefined && problem === undefined) return answer;
    if (problem !== undefined) process.stdout.write(`${problem}\n`);
    answer = (await terminal.question(QUESTIONS[key])).trim();
  }
}

/** Writes the files. Returns what to do next. @throws {Error} if the folder is not empty. */
function create(choices: Choices, cwd: string): string {
  const folder = resolve(cwd, packageName(choices.name));
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`${folder} is not empty: nothing was written`);
  for (const [path, text] of filesOf(choices)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
  }
  return `Created ${folder}. Next:

  cd ${relative(cwd, folder)}
  npm install
  npm test
  npm run conform
`;
}
