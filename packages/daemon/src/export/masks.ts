/** Masks telephone numbers in exports for viewers who may not see them, as `graphql/guard/masking.ts` does in the API. Pure. */
import { maskAddress, maskText, maskValue } from '../access/mask-numbers.ts';
import type { ExportContent, ExportRow } from './contents.ts';
import type { TranscriptLine } from './spans.ts';

type Mask = (value: unknown) => unknown;

const address: Mask = (value) => (typeof value === 'string' ? maskAddress(value) : value);

/** The fields of each content that can contain a telephone number. */
const FIELDS = {
  calls: { from: address, to: address, end: maskValue, summary: maskValue, providerData: maskValue },
  events: { data: maskValue },
  utterances: { text: maskValue },
} as const satisfies Record<ExportContent, Readonly<Record<string, Mask>>>;

export function maskRow(content: ExportContent, row: ExportRow): ExportRow {
  const masked = Object.entries<Mask>(FIELDS[content]).map(([name, mask]) => [name, mask(row[name])]);
  return { ...row, ...Object.fromEntries(masked) };
}

export const maskLine = (line: TranscriptLine): TranscriptLine => ({ ...line, text: maskText(line.text) });
