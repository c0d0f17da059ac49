/** What is generated: a name, a kind and a language. */
import { parseArgs } from 'node:util';

/** Each kind of plugin, with its description and the marked parts of the templates that it contains. */
export const KINDS = {
  webhook: { meaning: 'webhooks only', parts: [] },
  stream: { meaning: 'webhooks and a stream of audio', parts: ['stream'] },
  bot: { meaning: 'a stream with the voice of a bot', parts: ['stream', 'bot'] },
} as const satisfies Record<string, { readonly meaning: string; readonly parts: readonly string[] }>;

export const LANGUAGES = {
  javascript: { meaning: 'JavaScript' },
  typescript: { meaning: 'TypeScript' },
} as const satisfies Record<string, { readonly meaning: string }>;

export type Kind = keyof typeof KINDS;
export type Language = keyof typeof LANGUAGES;

export interface Choices {
  /** The name of the provider, in lower case, without the beginning of the package's name. */
  readonly name: string;
  readonly kind: Kind;
  readonly language: Language;
}

/** Choices from the command line; the others are asked for. */
export type Given = { readonly [Key in keyof Choices]?: string | undefined } & {
  readonly help?: boolean | undefined;
};

const PREFIX = 'sidetone-plugin-';

/** @throws {TypeError} if an option is unknown or lacks its value. */
export function givenIn(args: readonly string[]): Given {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      kind: { type: 'string' },
      language: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  return { name: positionals[0], ...values };
}

/** Returns why a choice is invalid; undefined if it is valid. */
export const problemOf = {
  name: (text: string) =>
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(shortName(text))
      ? undefined
      : 'expected the name of the provider: lower-case letters, digits and single hyphens, such as acme',
  kind: (text: string) => missing(text, KINDS),
  language: (text: string) => missing(text, LANGUAGES),
} as const satisfies Record<keyof Choices, (text: string) => string | undefined>;

const missing = (text: string, table: object): string | undefined =>
  Object.hasOwn(table, text) ? undefined : `expected ${Object.keys(table).join(', ')}`;

/** Returns the name of the provider in the name of a package. */
export const shortName = (text: string): string =>
  text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;

export const packageName = (name: string): string => `${PREFIX}${name}`;
