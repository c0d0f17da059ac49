/**
 * Generates the reference of the plugin contract from the doc comments of the sources. The sources are formatted, so lines
 * are sufficient: a declaration starts with `export` at the start of a line and ends where the next one starts.
 */
import { readFileSync } from 'node:fs';
import { format } from 'prettier';

/** The title of each file of the contract, in reading order. */
const FILES = {
  'contract.ts': 'Provider plugins',
  'host.ts': 'The host',
  'socket.ts': 'Sockets',
  'provider-event.ts': 'Events',
  'vocabulary.ts': 'Enumerations',
  'standard-schema.ts': 'Options',
  'transcriber.ts': 'Transcribers',
} as const;

export type ContractFile = keyof typeof FILES;
export const CONTRACT_FILES = Object.keys(FILES) as readonly ContractFile[];

const DOC = /^\/\*\*(?:(?!\*\/)[^])*\*\/\n/;
const EXPORT = /^export (?:interface|type|const|function) (\w+)/;

/** One or more declarations with one doc comment. */
export interface Entry {
  readonly names: readonly string[];
  /** Undefined if missing. */
  readonly doc: string | undefined;
  readonly code: string;
}

/** Converts a doc comment to prose: tags become labels, links become names. */
function proseOf(comment: string): string {
  return comment
    .replaceAll(/^\/\*\*|\*\/$/g, '')
    .replaceAll(/^ ?\* ?/gm, '')
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')
    .replaceAll(/@throws \{(\w+)\}/g, '\nThrows `$1`:')
    .replaceAll(/@(\w+)/g, '\n$1:')
    .trim();
}

/** Returns a declaration without its function body. */
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

/** Reads the header comment of a file and its exports. Paragraphs are separated by a blank line before an unindented line. */
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

/** Returns the whole page. */
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
    'Generated from the doc comments of `@sidetone/core`, which exports every name on this page. ' +
      'Start with [Write a provider plugin](../guide/write-a-plugin.md). ' +
      'Ids are branded strings: `providerCallId(text)` makes one.',
  ];
  return format([...head, ...sections].join('\n\n'), {
    parser: 'markdown',
    singleQuote: true,
    printWidth: 110,
  });
}
