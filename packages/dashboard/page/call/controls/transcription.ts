/** The transcription of a call as its events report it. Pure. */
import type { EnumOf } from '../../api/graphql.ts';
import { isCommand, type TimelineEntry } from '../call-timeline.ts';

type Changed = Extract<TimelineEntry, { __typename: 'TranscriptionChanged' }>;

export interface TranscriptionState extends Pick<Changed['transcription'], 'state' | 'message'> {
  readonly name: string;
  /** The client that started it; null if the configuration did, or it is not known. */
  readonly startedBy: string | null;
  readonly at: string;
}

const IS_ON = {
  CONNECTING: true,
  TRANSCRIBING: true,
  RECONNECTING: true,
  FAILED: false,
  STOPPED: false,
} as const satisfies Record<EnumOf<'TranscriptionState'>, boolean>;

/** Returns the last state, and who started that transcription; undefined if there was none. */
export function transcriptionOf(entries: readonly TimelineEntry[]): TranscriptionState | undefined {
  let current: TranscriptionState | undefined;
  for (const entry of entries) {
    if (isCommand(entry) || entry.__typename !== 'TranscriptionChanged') continue;
    const { state, message, transcriber } = entry.transcription;
    const isStart = !current || !IS_ON[current.state];
    current = {
      state,
      message,
      name: transcriber.displayName,
      startedBy: isStart ? entry.by : (current?.startedBy ?? null),
      at: entry.at,
    };
  }
  return current;
}

export const isOn = (transcription: TranscriptionState | undefined): boolean =>
  transcription !== undefined && IS_ON[transcription.state];

const STATE_TEXTS = {
  CONNECTING: 'is connecting',
  TRANSCRIBING: 'transcribes this call',
  RECONNECTING: 'is reconnecting',
  FAILED: 'failed',
  STOPPED: 'was stopped',
} as const satisfies Record<EnumOf<'TranscriptionState'>, string>;

/** Returns how it goes, as a sentence. */
export function transcriptionText(transcription: TranscriptionState | undefined): string {
  if (!transcription) return 'No transcriber is used for this call.';
  const { name, state, message, startedBy } = transcription;
  const by = isOn(transcription) && startedBy !== null ? `, started by ${startedBy}` : '';
  return `${name} ${STATE_TEXTS[state]}${by}${message === null ? '.' : `: ${message}`}`;
}
