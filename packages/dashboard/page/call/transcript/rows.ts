/** The transcript as rows: a row for each line, of which the first of a turn names the speaker. Pure. */
import type { Line } from '../call-timeline.ts';
import type { Span } from '../spans.ts';

export interface Row {
  readonly line: Line;
  /** When the line starts, ms from the answer. */
  readonly fromMs: number;
  /** Whether the line starts a turn. */
  readonly isFirst: boolean;
}

/** A speaker who continues after a longer pause starts a new turn, ms. */
export const TURN_PAUSE_MS = 5000;

/** @param spans the times of `lines`, in the same order. */
export function rowsOf(lines: readonly Line[], spans: readonly Span[]): Row[] {
  return lines.map((line, i) => {
    const { fromMs } = spans[i]!;
    const previous = lines[i - 1];
    const isSameSpeaker = previous?.party === line.party && previous.addedBy === line.addedBy;
    return { line, fromMs, isFirst: !isSameSpeaker || fromMs - spans[i - 1]!.toMs >= TURN_PAUSE_MS };
  });
}

/**
 * A call of up to this many lines is in the document as a whole, so that the search of the browser finds all of it. Of a longer
 * one, only the visible rows are, and the panel has a search of its own.
 */
export const WHOLE_ROWS = 300;

const CHARACTERS_PER_ROW = 70;
const ROW_PX = 24;
const HEADER_PX = 34;

/** The height of a row until it is measured, px. */
export const estimatedPx = ({ line: { text }, isFirst }: Row): number =>
  Math.max(1, Math.ceil(text.length / CHARACTERS_PER_ROW)) * ROW_PX + (isFirst ? HEADER_PX : 0);

/** Returns the ids of the lines that contain a text, ignoring upper and lower case. */
export function findLines(lines: readonly Line[], text: string): string[] {
  const wanted = text.trim().toLocaleLowerCase();
  if (wanted === '') return [];
  return lines.filter((line) => line.text.toLocaleLowerCase().includes(wanted)).map(({ id }) => id);
}
