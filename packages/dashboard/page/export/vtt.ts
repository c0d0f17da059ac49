/** Exports a transcript as WebVTT subtitles for the recording, with times relative to the recording. Pure. */
import type { Span } from '../call/spans.ts';
import type { Line } from '../call/call-timeline.ts';
import { PARTY_LABELS } from '../ui/labels.ts';

/** WebVTT cues must not be empty. */
const MIN_CUE_MS = 100;

/** Formats ms as `00:01:02.345`. */
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

const escapeText = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\s*\n\s*/g, ' ');

/**
 * @param spans the times of `lines`, in the same order.
 * @param offsetMs the start of the recording, ms from the answer; 0 without a recording.
 */
export function toVtt(lines: readonly Line[], spans: readonly Span[], offsetMs: number): string {
  const cues = lines.map(({ id, party, text }, i) => {
    const { fromMs, toMs } = spans[i]!;
    const from = Math.max(0, fromMs - offsetMs);
    const to = Math.max(from + MIN_CUE_MS, toMs - offsetMs);
    return {
      from,
      cue: `${id}\n${vttTimestamp(from)} --> ${vttTimestamp(to)}\n<v ${PARTY_LABELS[party]}>${escapeText(text)}\n`,
    };
  });
  // WebVTT requires cues in the order of their start times.
  const sorted = cues.toSorted((a, b) => a.from - b.from).map(({ cue }) => cue);
  return ['WEBVTT\n', ...sorted].join('\n');
}
