/**
 * The reference of the plugin contract, made of the sources' own doc comments. The sources are formatted, so a reader of
 * lines is enough: a declaration begins with `export` at the beginning of a line and ends where the next one begins.
 */
import { readFileSync } from 'node:fs';
import { format } from 'prettier';

/** Each file of the contract with its title, in the order of reading. */
const FILES = {
  'contract.ts': 'The plugin',
  'host.ts': 'What it is given',
  'socket.ts': 'Sockets',
  'provider-event.ts': 'Events',
  'vocabulary.ts': 'Words',
  'standard-schema.ts': 'Options',
  'transcriber.ts': 'A transcriber',
} as const;

export type ContractFile = keyof typeof FILES;
export const CONTRACT_FILES = Object.keys(FILES) as readonly ContractFile[];

const DOC = /^\/\*\*(?:(?!\*\/)[^])*\*\/\n/;
const EXPORT = /^export (?:interface|type|const|function) (\w+)/;

/** One or more declarations that share a doc comment. */
export interface Entry {
  readonly names: readonly string[];
  /** Undefined where it is missing. */
  readonly doc: string | undefined;
  readonly code: string;
}

/** A doc comment as prose: tags in words, links as names. */
function proseOf(comment: string): string {
  return comment
    .replaceAll(/^\/\*\*|\*\/$/g, '')
    .replaceAll(/^ ?\* ?/gm, '')
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')
    .replaceAll(/@throws \{(\w+)\}/g, '\nThrows `$1`:')
    .replaceAll(/@(\w+)/g, '\n$1:')
    .trim();
}

/** A declaration without the body of a function. */
function signatureIn(code: string): string {
  if (!code.startsWith('export function')) return code;
  return `${code.slice(0, code.indexOf(' {\n')).replace('export function', 'export declare function')};`;
}

function entryIn(paragraph: string): Entry | undefined {
  const [comment] = DOC.exec(paragraph) ?? [];
  const code = paragraph.slice(comment?.length ?? 0).trim();
  if (!EXPORT.test(code)) return undefined;
  const names = code.split('\n').flatMap((line) => EXPORT.exec(line)?.[1] ?? []);
  return { names, doc: comment && proseOf(comment.trim()), code: signatureIn(code) };
}

/** What a file says of itself, and what it exports: a paragraph each. A blank line at the margin parts paragraphs. */
export function readContract(file: ContractFile): {
  readonly intro: string;
  readonly entries: readonly Entry[];
} {
  const source = readFileSync(`packages/core/src/${file}`, 'utf8');
  const [header = ''] = DOC.exec(source) ?? [];
  const paragraphs = source.slice(header.length).split(/\n(?=\n(?=\S))|(?<=^(?:\}|.*;))\n(?=\/\*\*)/m);
  return {
    intro: proseOf(header.trim()),
    entries: paragraphs.flatMap((paragraph) => entryIn(paragraph.trimStart()) ?? []),
  };
}

/** The page. */
export async function contractReference(): Promise<string> {
  const sections = CONTRACT_FILES.flatMap((file) => {
    const { intro, entries } = readContract(file);
    return [
      `## ${FILES[file]}`,
      intro,
      ...entries.flatMap(({ names, doc, code }) => [
        `### ${names.join(', ')}`,
        doc ?? '',
        `\`\`\`ts\n${code.replaceAll(/^export (declare )?/gm, '$1')}\n\`\`\``,
      ]),
    ];
  });
  const head = [
    '# The plugin contract',
    'Made of the doc comments of `@sidetone/core`, which exports every name here. ' +
      '[Write a provider plugin](../guide/write-a-plugin.md) is where to begin. ' +
      'Ids are texts of a type of their own: `providerCallId(text)` makes one.',
  ];
  return format([...head, ...sections].join('\n\n'), {
    parser: 'markdown',
    singleQuote: true,
    printWidth: 110,
  });
}
