/** Writes the transcript of a call as text, or as subtitles of its recording. Pure. */
import type { Party } from '@sidetone/core';
import { spansOf, type Span, type TranscriptLine } from './spans.ts';

export const TRANSCRIPT_FORMATS = ['txt', 'vtt', 'srt'] as const;
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

export interface Transcript {
  readonly lines: readonly TranscriptLine[];
  /** The start of the offsets of the lines, epoch ms. */
  readonly origin: number;
  /** The start of the recording, ms from the origin; 0 without a recording. */
  readonly recordingMs: number;
}

const SPEAKERS = {
  CUSTOMER: 'Customer',
  ASSISTANT: 'Assistant',
  UNKNOWN: 'Unknown speaker',
} as const satisfies Record<Party, string>;

/** Players do not show a subtitle without duration. */
const MIN_CUE_MS = 100;

interface Cue extends Span {
  readonly id: string;
  readonly speaker: string;
  readonly text: string;
}

/** The lines with times relative to the recording, in the order in which they start. */
function cuesOf({ lines, origin, recordingMs }: Transcript): readonly Cue[] {
  const spans = spansOf(lines, origin);
  return lines
    .map(({ id, party, text }, i) => {
      const fromMs = Math.max(0, spans[i]!.fromMs - recordingMs);
      const toMs = Math.max(fromMs + MIN_CUE_MS, spans[i]!.toMs - recordingMs);
      return { id, speaker: SPEAKERS[party], text: text.replaceAll(/\s*[\n\r]\s*/g, ' '), fromMs, toMs };
    })
    .toSorted((a, b) => a.fromMs - b.fromMs);
}

/** Formats ms as `00:01:02.345`, with the separator before the milliseconds that a format requires. */
function clockTime(ms: number, separator: '.' | ','): string {
  const whole = Math.max(0, Math.round(ms));
  const seconds = Math.floor(whole / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const clock = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return `${clock}${separator}${String(whole % 1000).padStart(3, '0')}`;
}

const escapeMarkup = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const WRITERS = {
  txt: {
    contentType: 'text/plain; charset=utf-8',
    write: (transcript) => {
      const spans = spansOf(transcript.lines, transcript.origin);
      return transcript.lines
        .map(({ party, text }, i) => {
          const time = clockTime(Math.floor(spans[i]!.fromMs / 1000) * 1000, '.').slice(0, 8);
          return `[${time}] ${SPEAKERS[party]}: ${text.replaceAll(/\s*[\n\r]\s*/g, ' ')}\n`;
        })
        .join('');
    },
  },
  vtt: {
    contentType: 'text/vtt; charset=utf-8',
    write: (transcript) => {
      const cues = cuesOf(transcript).map(
        ({ id, speaker, text, fromMs, toMs }) =>
          `${id}\n${clockTime(fromMs, '.')} --> ${clockTime(toMs, '.')}\n<v ${speaker}>${escapeMarkup(text)}\n`,
      );
      return ['WEBVTT\n', ...cues].join('\n');
    },
  },
  srt: {
    contentType: 'application/x-subrip; charset=utf-8',
    write: (transcript) =>
      cuesOf(transcript)
        .map(
          ({ speaker, text, fromMs, toMs }, i) =>
            `${i + 1}\n${clockTime(fromMs, ',')} --> ${clockTime(toMs, ',')}\n${speaker}: ${text}\n`,
        )
        .join('\n'),
  },
} as const satisfies Record<
  TranscriptFormat,
  { readonly contentType: string; readonly write: (transcript: Transcript) => string }
>;

export const transcriptContentType = (format: TranscriptFormat): string => WRITERS[format].contentType;

export const writeTranscript = (format: TranscriptFormat, transcript: Transcript): string =>
  WRITERS[format].write(transcript);
