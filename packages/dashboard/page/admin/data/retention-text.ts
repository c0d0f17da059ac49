/** Retention in words. Pure. */
import type { EnumOf } from '../../api/graphql.ts';
import type { StoredData } from './documents.ts';

export const RETENTION_LABELS = {
  CALLS: 'Calls with everything about them',
  TRANSCRIPT: 'Transcripts and summaries',
  RECORDING: 'Recordings and waveforms',
  EVENTS: 'Timelines',
  NOTES: 'Notes',
} as const satisfies Record<EnumOf<'RetentionKind'>, string>;

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** Formats a size as `230 MB`. */
export function bytesText(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** unit;
  return `${value.toLocaleString(undefined, { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })} ${UNITS[unit]}`;
}

/** The sentences about the space of recordings; empty without a limit of it. */
export function spaceTexts({
  recordingBytes,
  freeBytes,
  missingBytes,
  removedRecordings,
}: Omit<StoredData['retention'], 'rules'>): readonly string[] {
  return [
    recordingBytes > 0 && `Recordings use ${bytesText(recordingBytes)}.`,
    freeBytes !== null && `${bytesText(freeBytes)} of the disk are free.`,
    removedRecordings > 0 &&
      `${removedRecordings.toLocaleString()} recordings were removed for lack of space since the start.`,
    missingBytes > 0 &&
      `${bytesText(missingBytes)} could not be freed, because other recordings are held or being written.`,
  ].filter((text) => text !== false);
}
