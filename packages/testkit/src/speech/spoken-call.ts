/** A call that is spoken into a transcriber, frame by frame on a fake clock, and what the transcriber tells of it. */
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
import { sayWords, type SpokenWord } from './spoken-words.ts';

/** The length of a frame of audio, as the daemon writes it. */
export const SPOKEN_FRAME_MS = 20;
/** That of one in a long stretch, of which a test wants to see the end soon. */
export const LONG_FRAME_MS = 500;
/** What a spoken call sounds like unless told, Hz. */
const SAMPLE_RATE = 8000;
/** How long a test waits for an end, ms of fake time. */
const PATIENCE_MS = 60_000;

/** Who says which word when: places are on the call's time line. */
export type Script = Partial<Readonly<Record<Party, readonly SpokenWord[]>>>;

/** How the call is, where it is not as usual. */
export interface SpokenCallOptions extends Partial<
  Pick<TranscriptionRequest, 'parties' | 'sampleRate' | 'language'>
> {
  /** Where its audio begins. */
  readonly fromMs?: number;
}

/** The call, and everything that was told of it. */
export interface SpokenCall {
  readonly transcription: Transcription;
  /** Everything that was told, in order. */
  readonly events: readonly TranscriberEvent[];
  /** Aborts when nothing more is wanted. */
  readonly controller: AbortController;
  /** Where the audio so far ends. */
  readonly toMs: number;
  of<Type extends TranscriberEventType>(type: Type): readonly TranscriberEventOf<Type>[];
  /** The words of each party that stand in the end: the last text of each utterance, in the order of their places. */
  transcript(): Readonly<Record<string, readonly string[]>>;
  /** Lets the call go on for `ms`, with what the script has for that time. */
  speak(ms: number, script?: Script, frameMs?: number): Promise<void>;
  /** Ends it, and lets time go on until that has settled. @throws {Error} when it does not. */
  end(): Promise<void>;
}

/** The words of each party in a script, as {@link SpokenCall.transcript} would tell them. */
export function wordsIn(
  script: Script,
  textOf: (word: number) => string,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(script)
      .filter(([, words]) => words.length > 0)
      .map(([party, words]) => [party, words.map(([word]) => textOf(word))]),
  );
}

/** Opens a call of a transcriber that is started. */
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
          transcription.write(party, sayWords(script[party] ?? [], toMs, frameMs, sampleRate), toMs);
        }
        await clock.advance(frameMs);
      }
    },
    async end() {
      const progress = { isSettled: false };
      const settled = transcription.end().then(() => (progress.isSettled = true));
      for (let waited = 0; waited < PATIENCE_MS && !progress.isSettled; waited += 100)
        await clock.advance(100);
      if (!progress.isSettled) throw new Error('the end of the call did not settle');
      await settled;
    },
  };
}

function transcriptOf(events: readonly TranscriberEvent[]): Readonly<Record<string, readonly string[]>> {
  const last = new Map<string, TranscriberEventOf<'utterance.final' | 'utterance.revised'>>();
  for (const event of events) {
    if (event.type === 'utterance.final' || event.type === 'utterance.revised')
      last.set(event.utteranceId, event);
  }
  const words: Record<string, string[]> = {};
  for (const { party, text } of [...last.values()].toSorted((a, b) => a.startMs - b.startMs)) {
    (words[party] ??= []).push(...text.split(' '));
  }
  return words;
}
