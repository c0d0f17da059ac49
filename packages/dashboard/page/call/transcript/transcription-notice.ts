/** Explains why a call is not being transcribed. Pure. */
import type { EnumOf } from '../../api/graphql.ts';
import { asSentence } from '../../ui/format.ts';
import { isCommand, type TimelineEntry } from '../call-timeline.ts';

/** The sentence about each state, with the transcriber's name. Undefined if there is nothing to explain. */
const TEXTS = {
  CONNECTING: (name) => `${name} is connecting. Speech until then is transcribed afterwards`,
  TRANSCRIBING: () => undefined,
  RECONNECTING: (name) =>
    `${name} was disconnected and is reconnecting. Speech until then is transcribed afterwards`,
  FAILED: (name, message) => `Transcription by ${name} failed${message === null ? '' : `: ${message}`}`,
  STOPPED: () => undefined,
} as const satisfies Record<
  EnumOf<'TranscriptionState'>,
  (name: string, message: string | null) => string | undefined
>;

/** Returns the notice about the latest transcription of a call, if it failed or does not work at the moment. */
export function transcriptionNotice(entries: readonly TimelineEntry[], isLive: boolean): string | undefined {
  const last = entries
    .flatMap((entry) =>
      !isCommand(entry) && entry.__typename === 'TranscriptionChanged' ? [entry.transcription] : [],
    )
    .at(-1);
  if (!last || (!isLive && last.state !== 'FAILED')) return undefined;
  const text = TEXTS[last.state](last.transcriber.displayName, last.message);
  return text === undefined ? undefined : asSentence(text);
}
