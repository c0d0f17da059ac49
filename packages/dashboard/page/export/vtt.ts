/** A transcript as WebVTT, to be shown beside the recording: its times are the recording's. Pure. */
import type { Span } from '../call/spans.ts';
import type { Line } from '../call/call-timeline.ts';
import { PARTY_LABELS } from '../ui/labels.ts';

/** A cue that ends with its beginning is none. */
const SHORTEST_MS = 100;

/** `00:01:02.345`. */
export function vttTimestamp(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  const parts = [
    Math.floor(whole / 3_600_000),
    Math.floor(whole / 60_000) % 60,
    Math.floor(whole / 1000) % 60,
  ];
  const clock = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return `${clock}.${String(whole % 1000).padStart(3, '0')}`;
}

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\s*\n\s*/g, ' ');

/**
 * @param spans of the same lines, in their order.
 * @param offsetMs where the recording begins, ms from the answer; 0 where there is none.
 */
export function toVtt(lines: readonly Line[], spans: readonly Span[], offsetMs: number): string {
  const cues = lines.map(({ id, party, text }, i) => {
    const { fromMs, toMs } = spans[i]!;
    const from = Math.max(0, fromMs - offsetMs);
    const to = Math.max(from + SHORTEST_MS, toMs - offsetMs);
    return {
      from,
      cue: `${id}\n${vttTimestamp(from)} --> ${vttTimestamp(to)}\n<v ${PARTY_LABELS[party]}>${escaped(text)}\n`,
    };
  });
  // Cues stand in the order in which they begin.
  const inOrder = cues.toSorted((one, other) => one.from - other.from).map(({ cue }) => cue);
  return ['WEBVTT\n', ...inOrder].join('\n');
}
