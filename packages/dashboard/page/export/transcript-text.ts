/** A transcript as text for people. Pure. */
import type { Call } from '../call/documents.ts';
import type { Span } from '../call/spans.ts';
import type { Line } from '../call/call-timeline.ts';
import type { Note } from '../notes/notes.ts';
import { clockText } from '../ui/format.ts';
import { END_LABELS, PARTY_LABELS } from '../ui/labels.ts';

export interface ExportData {
  readonly call: Omit<Call, 'listenUrl'>;
  readonly lines: readonly Line[];
  /** Of the same lines, in their order. */
  readonly spans: readonly Span[];
  readonly notes: readonly Note[];
}

export function toText({ call, lines, spans, notes }: ExportData): string {
  const { provider, createdAt, from, to, end, tags, summary } = call;
  const head = [
    `Call of ${createdAt} at ${provider.displayName}`,
    `From ${from ?? 'unknown'} to ${to ?? 'unknown'}`,
    end && `How it ended: ${END_LABELS[end.category]}`,
    tags.length > 0 && `Tags: ${tags.join(', ')}`,
    summary !== null && `Summary: ${summary}`,
  ].filter((line) => typeof line === 'string');
  const said = lines.map(
    ({ party, text }, i) => `[${clockText(spans[i]!.fromMs)}] ${PARTY_LABELS[party]}: ${text}`,
  );
  const written = notes.map(
    ({ offsetMs, author, text }) =>
      `[${offsetMs === null ? 'call' : clockText(offsetMs)}] ${author ?? 'Someone'}: ${text}`,
  );
  const parts = [head, said, written.length > 0 ? ['Notes', ...written] : []];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}
