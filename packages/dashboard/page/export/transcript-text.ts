/** Exports a call as plain text. Pure. */
import type { Call } from '../call/documents.ts';
import type { Span } from '../call/spans.ts';
import type { Line } from '../call/call-timeline.ts';
import type { Note } from '../notes/notes.ts';
import { durationText } from '../ui/format.ts';
import { END_LABELS, PARTY_LABELS } from '../ui/labels.ts';

export interface ExportData {
  readonly call: Omit<Call, 'listenUrl'>;
  readonly lines: readonly Line[];
  /** The times of `lines`, in the same order. */
  readonly spans: readonly Span[];
  readonly notes: readonly Note[];
}

export function toText({ call, lines, spans, notes }: ExportData): string {
  const { provider, createdAt, from, to, end, tags, summary } = call;
  const head = [
    `Call on ${createdAt} with ${provider.displayName}`,
    `From ${from ?? 'unknown'} to ${to ?? 'unknown'}`,
    end && `Outcome: ${END_LABELS[end.category]}`,
    tags.length > 0 && `Tags: ${tags.join(', ')}`,
    summary !== null && `Summary: ${summary}`,
  ].filter((line) => typeof line === 'string');
  const transcript = lines.map(
    ({ party, text }, i) => `[${durationText(spans[i]!.fromMs)}] ${PARTY_LABELS[party]}: ${text}`,
  );
  const noteLines = notes.map(
    ({ offsetMs, author, text }) =>
      `[${offsetMs === null ? 'call' : durationText(offsetMs)}] ${author ?? 'Unknown'}: ${text}`,
  );
  const parts = [head, transcript, noteLines.length > 0 ? ['Notes', ...noteLines] : []];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}
