/** Feeds a call into a transcriber, frame by frame on a fake clock, and records the events. */
import type {
  CallId,
  Party,
  ProviderId,
  Transcriber,
  TranscriberEvent,
  TranscriberEventOf,
  TranscriberEventType,
  Transcription,
  TranscriptionRequest,
} from '@sidetone/core';
import type { FakeClock } from '../fakes/fake-clock.ts';
import { encodeWords, type SpokenWord } from './words.ts';

/** Length of a frame of audio, as the daemon writes it. */
const SPOKEN_FRAME_MS = 20;
/** Length of a frame in long tests, to make them faster. */
export const LONG_FRAME_MS = 500;
/** Default sample rate, in Hz. */
const SAMPLE_RATE = 8000;
/** Time limit for the end of a call, in ms of fake time. */
const END_TIMEOUT_MS = 60_000;

/** The words of each party, with positions on the timeline of the call. */
export type Script = Partial<Readonly<Record<Party, readonly SpokenWord[]>>>;

/** Options of a call. */
export interface SpokenCallOptions extends Partial<
  Pick<TranscriptionRequest, 'parties' | 'sampleRate' | 'language'>
> {
  /** Position of the first audio. Default: 0. */
  readonly fromMs?: number;
}

/** A call that is being transcribed, and its events. */
export interface SpokenCall {
  readonly transcription: Transcription;
  /** All events, in order. */
  readonly events: readonly TranscriberEvent[];
  /** Aborts the transcription. */
  readonly controller: AbortController;
  /** End position of the audio so far. */
  readonly toMs: number;
  /** Returns the events of one type, in order. */
  of<Type extends TranscriberEventType>(type: Type): readonly TranscriberEventOf<Type>[];
  /** Returns the words of each party: the last text of each utterance, ordered by position. */
  transcript(): Readonly<Record<string, readonly string[]>>;
  /** Writes `ms` of audio in real time on the fake clock, with the words of the script in that range. */
  speak(ms: number, script?: Script, frameMs?: number): Promise<void>;
  /** Ends the call and advances the clock until the end has settled. @throws {Error} if it does not settle. */
  end(): Promise<void>;
}

/** Returns the words of each party in a script, in the format of {@link SpokenCall.transcript}. */
export function expectedTranscript(
  script: Script,
  textOf: (word: number) => string,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(script)
      .filter(([, words]) => words.length > 0)
      .map(([party, words]) => [party, words.map(([word]) => textOf(word))]),
  );
}

/** Opens a call of a started transcriber. */
export function openSpokenCall(
  clock: FakeClock,
  transcriber: Transcriber,
  options: SpokenCallOptions = {},
): SpokenCall {
  const { parties = ['CUSTOMER', 'ASSISTANT'], sampleRate = SAMPLE_RATE, language, fromMs = 0 } = options;
  const events: TranscriberEvent[] = [];
  const controller = new AbortController();
  let toMs = fromMs;
  const transcription = transcriber.open(
    {
      call: { id: 'call_spoken' as CallId, providerId: 'spoken' as ProviderId },
      parties,
      sampleRate,
      ...(language !== undefined && { language }),
      emit: (event) => void events.push(event),
    },
    controller.signal,
  );

  return {
    transcription,
    events,
    controller,
    get toMs() {
      return toMs;
    },
    of: <Type extends TranscriberEventType>(type: Type) =>
      events.filter((event): event is TranscriberEventOf<Type> & TranscriberEvent => event.type === type),
    transcript: () => transcriptOf(events),
    async speak(ms, script = {}, frameMs = SPOKEN_FRAME_MS) {
      for (const untilMs = toMs + ms; toMs < untilMs; toMs += frameMs) {
        for (const party of parties) {
          transcription.write(party, encodeWords(script[party] ?? [], toMs, frameMs, sampleRate), toMs);
        }
        await clock.advance(frameMs);
      }
    },
    async end() {
      const progress = { isSettled: false };
      const settled = transcription.end().then(() => (progress.isSettled = true));
      for (let waitedMs = 0; waitedMs < END_TIMEOUT_MS && !progress.isSettled; waitedMs += 100)
        await clock.advance(100);
      if (!progress.isSettled) throw new Error('end: the call did not settle in time');
      await settled;
    },
  };
}

function transcriptOf(events: readonly TranscriberEvent[]): Readonly<Record<string, readonly string[]>> {
  const latest = new Map<string, TranscriberEventOf<'utterance.final' | 'utterance.revised'>>();
  for (const event of events) {
    if (event.type === 'utterance.final' || event.type === 'utterance.revised')
      latest.set(event.utteranceId, event);
  }
  const words: Record<string, string[]> = {};
  for (const { party, text } of [...latest.values()].toSorted((a, b) => a.startMs - b.startMs)) {
    (words[party] ??= []).push(...text.split(' '));
  }
  return words;
}
