/**
 * What a transcriber tells of one call becomes facts, and partials on their board. Its places count on the time line of the
 * audio, which begins at `origin`; ours from the answer of the call. The harness's rule holds: nothing here waits.
 */
import {
  isLive,
  isTranscribed,
  offsetOrigin,
  type Call,
  type CallFact,
  type CallId,
  type Clock,
  type IdSource,
  type TranscriberEvent,
  type TranscriberEventOf,
  type TranscriberEventType,
  type Utterance,
  type UtteranceId,
} from '@sidetone/core';
import type { Ingest } from '../calls/ingest.ts';
import type { PartialStore } from '../calls/ports.ts';

/** How many of a call's utterances are known by the transcriber's names for them: older ones cannot be revised. */
export const MAX_NAMES = 200;

export interface TranscriptWriterDeps {
  readonly ingest: Pick<Ingest, 'record' | 'current'>;
  readonly partials: PartialStore;
  readonly ids: Pick<IdSource, 'utterance'>;
  readonly clock: Clock;
}

export interface TranscriptWriterOptions {
  readonly callId: CallId;
  /** The key of the transcriber in the configuration. */
  readonly transcriber: string;
  /** Where the time line of the audio begins, epoch ms. */
  readonly origin: number;
}

/** What a transcriber's own name for an utterance stands for. */
interface Named {
  readonly id: UtteranceId;
  isFinal: boolean;
}

type Told = TranscriberEventOf<'utterance.final' | 'utterance.revised'>;

/** Takes what the transcriber of one call tells. */
export function createTranscriptWriter(
  { callId, transcriber, origin }: TranscriptWriterOptions,
  { ingest, partials, ids, clock }: TranscriptWriterDeps,
): (event: TranscriberEvent) => void {
  const names = new Map<string, Named>();

  function named(name: string): Named {
    const known = names.get(name);
    if (known) return known;
    const fresh = { id: ids.utterance(), isFinal: false };
    names.set(name, fresh);
    const oldest = names.size > MAX_NAMES ? names.keys().next().value : undefined;
    if (oldest !== undefined) names.delete(oldest);
    return fresh;
  }

  /** Not in the future: places are those of audio that was heard. */
  const instantOf = (placeMs: number): number => Math.round(Math.min(origin + placeMs, clock.now()));
  const record = (fact: CallFact, placeMs?: number): void =>
    ingest.record(callId, fact, placeMs === undefined ? clock.now() : instantOf(placeMs));

  function utteranceOf(call: Call, id: UtteranceId, told: Told): Utterance {
    const { party, text, confidence } = told;
    const offset = (placeMs: number): number =>
      Math.max(0, Math.round(origin + placeMs - offsetOrigin(call)));
    const startMs = offset(told.startMs);
    const endMs = Math.max(startMs, offset(told.endMs));
    return { id, party, text, startMs, endMs, ...(confidence !== undefined && { confidence }) };
  }

  const TAKERS: {
    readonly [Type in TranscriberEventType]: (event: TranscriberEventOf<Type>, call: Call) => void;
  } = {
    'utterance.partial'({ party, utteranceId, text }, call) {
      const { id, isFinal } = named(utteranceId);
      if (isFinal || !isLive(call)) return;
      if (text.trim() === '') partials.drop(callId, id);
      else partials.set(callId, party, text, clock.now(), id);
    },
    'utterance.final'(event, call) {
      const name = named(event.utteranceId);
      if (name.isFinal) return;
      name.isFinal = true;
      partials.drop(callId, name.id);
      record({ type: 'UTTERANCE_FINALIZED', utterance: utteranceOf(call, name.id, event) }, event.endMs);
    },
    'utterance.revised'(event, call) {
      const name = names.get(event.utteranceId);
      if (!name?.isFinal) return;
      record({ type: 'UTTERANCE_REVISED', utterance: utteranceOf(call, name.id, event) });
    },
    'speech.started'({ party, atMs }, call) {
      if (isLive(call) && call.speakingSince[party] === undefined)
        record({ type: 'SPEECH_STARTED', party }, atMs);
    },
    'speech.stopped'({ party, atMs }, call) {
      if (call.speakingSince[party] !== undefined) record({ type: 'SPEECH_STOPPED', party }, atMs);
    },
    gap({ fromMs, toMs, reason }) {
      const seconds = Math.max(0, (toMs - fromMs) / 1000).toFixed(1);
      const message = `${seconds} s of the call were not transcribed: ${reason}`;
      record({ type: 'CALL_NOTICE', code: 'TRANSCRIPT_GAP', message });
    },
    state({ state, code, message }, call) {
      const { transcription: known } = call;
      const isKnown = known?.state === state && known.code === code && known.transcriber === transcriber;
      // A call that is over is not transcribed either.
      if (isKnown || !isTranscribed(call)) return;
      const told = { ...(code !== undefined && { code }), ...(message !== undefined && { message }) };
      record({ type: 'TRANSCRIPTION_CHANGED', transcription: { transcriber, state, ...told } });
    },
  };

  return (event) => {
    const call = ingest.current(callId);
    if (!call) return;
    (TAKERS[event.type] as (event: TranscriberEvent, call: Call) => void)(event, call);
  };
}
