/** `sidetone init`: writes a configuration file with comments. Asks for what no option says, if there is a terminal. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { FaultError } from '@sidetone/core';
import { isLoopbackUrl } from '../../access/exposure.ts';
import {
  configText,
  PROVIDER_CHOICES,
  variablesIn,
  type Answers,
  type ProviderChoice,
} from '../init/config-text.ts';
import type { OutputOptions } from '../frame/options.ts';
import { createOutput } from '../frame/output.ts';

export interface InitOptions extends Pick<OutputOptions, 'quiet'> {
  readonly provider?: readonly string[];
  readonly deepgram?: boolean;
  readonly publicUrl?: string;
  readonly country?: string;
  readonly record?: boolean;
}

/** Asks a question. Returns the answer without spaces around it. */
export type Ask = (question: string) => Promise<string>;

const SCHEMA = fileURLToPath(new URL('../../../sidetone.schema.json', import.meta.url));

/** Never replaces a file. @throws {FaultError} INPUT_INVALID */
export async function init(file: string, options: InitOptions): Promise<void> {
  const exists = (): FaultError =>
    new FaultError('INPUT_INVALID', `${file}: the file exists already; expected the path of a new file`);
  if (existsSync(file)) throw exists();
  const answers = await (process.stdin.isTTY && process.stdout.isTTY
    ? withTerminal((ask) => answersOf(options, ask))
    : answersOf(options));
  const text = configText(answers, { schema: schemaFrom(dirname(resolve(file))) });
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw exists();
    throw new FaultError('INPUT_INVALID', `${file}: cannot write the file (${code})`, { cause: error });
  }
  createOutput(options).info(nextSteps(file, text, answers));
}

/** Exported for tests. @param ask without it, missing answers have their defaults */
export async function answersOf(options: InitOptions, ask?: Ask): Promise<Answers> {
  const text = async (given: string | undefined, question: string): Promise<string> =>
    given ?? (await ask?.(question)) ?? '';
  const yes = async (given: boolean | undefined, question: string): Promise<boolean> =>
    given ?? /^y(es)?$/i.test((await ask?.(`${question} [y/N]`)) ?? '');
  const listed = options.provider ?? (await text(undefined, 'Providers, of vapi and vobiz:')).split(/[\s,]+/);
  const providers = listed.filter((name) => name !== '').map(providerOf);
  const deepgram = await yes(options.deepgram, 'Transcribe calls with Deepgram?');
  const publicUrl = await text(
    options.publicUrl,
    'Public URL, such as https://calls.example.com (empty: none):',
  );
  const country = await text(options.country, 'Country of national numbers, such as IN (empty: none):');
  const record = await yes(options.record, 'Record calls?');
  return {
    providers: [...new Set(providers)],
    deepgram,
    publicUrl: publicUrl === '' ? undefined : publicUrlOf(publicUrl),
    country: country === '' ? undefined : country.toUpperCase(),
    record,
  };
}

async function withTerminal<Result>(use: (ask: Ask) => Promise<Result>): Promise<Result> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await use(async (question) => (await terminal.question(`${question} `)).trim());
  } finally {
    terminal.close();
  }
}

function providerOf(text: string): ProviderChoice {
  const choice = PROVIDER_CHOICES.find((each) => each === text.toLowerCase());
  if (choice) return choice;
  throw new FaultError(
    'INPUT_INVALID',
    `--provider: expected ${PROVIDER_CHOICES.join(' or ')}, received "${text}"`,
  );
}

function publicUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !isLoopbackUrl(url)) return url.href.replace(/\/$/, '');
  throw new FaultError(
    'INPUT_INVALID',
    `--public-url: expected a URL such as https://calls.example.com, received "${text}"`,
  );
}

/** A path relative to the file if the package is installed below its folder, so that the line is valid elsewhere too. */
function schemaFrom(folder: string): string {
  const path = relative(folder, SCHEMA);
  return path.startsWith('..') || isAbsolute(path) ? SCHEMA : path;
}

function nextSteps(file: string, text: string, { publicUrl }: Answers): string {
  const variables = variablesIn(text);
  return [
    `wrote ${file}`,
    ...(variables.length > 0 ? [`set the environment variables ${variables.join(', ')}`] : []),
    ...(publicUrl === undefined
      ? []
      : ['create a token: sidetone token create admin --scope admin --database ./data/sidetone.db']),
    `check it: sidetone check --config ${file}`,
    `run it: sidetone start --config ${file}`,
  ].join('\n');
}
