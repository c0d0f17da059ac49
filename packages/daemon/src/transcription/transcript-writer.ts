/**
 * Turns the events of a call's transcriber into events of the call and partials. The transcriber's times count on the timeline
 * of the audio, which starts at `origin`; offsets in the call count from its answer. Nothing here waits.
 */
import {
  isLive,
  isTranscribed,
  limitTranscriberEvent,
  offsetOrigin,
  type Call,
  type CallId,
  type Clock,
  type DaemonFact,
  type IdSource,
  type TranscriberEvent,
  type TranscriberEventOf,
  type Utterance,
  type UtteranceId,
} from '@sidetone/core';
import { BoundedMap, dispatch, type HandlerTable } from '@sidetone/plugin-kit';
import type { Ingest } from '../calls/ingest.ts';
import type { PartialStore } from '../calls/ports.ts';
import { TRUNCATED, truncationMessage } from '../calls/truncation.ts';

/** Number of a call's utterances whose ids are remembered. Older ones can no longer be revised. */
export const MAX_NAMES = 200;

export interface TranscriptWriterDeps {
  readonly ingest: Pick<Ingest, 'record' | 'current'>;
  readonly partials: PartialStore;
  readonly ids: Pick<IdSource, 'utterance'>;
  readonly clock: Clock;
}

export interface TranscriptWriterOptions {
  readonly callId: CallId;
  /** Id of the transcriber in the configuration. */
  readonly transcriber: string;
  /** Start of the timeline of the audio, epoch ms. */
  readonly origin: number;
}

interface KnownUtterance {
  readonly id: UtteranceId;
  isFinal: boolean;
}

type Spoken = TranscriberEventOf<'utterance.final' | 'utterance.revised'>;

/** Returns a function that accepts the events of a call's transcriber. */
export function createTranscriptWriter(
  { callId, transcriber, origin }: TranscriptWriterOptions,
  { ingest, partials, ids, clock }: TranscriptWriterDeps,
): (event: TranscriberEvent) => void {
  /** Utterances by the transcriber's own ids. */
  const known = new BoundedMap<string, KnownUtterance>(MAX_NAMES);

  function utteranceWith(utteranceId: string): KnownUtterance {
    const existing = known.get(utteranceId);
    if (existing) return existing;
    const created = { id: ids.utterance(), isFinal: false };
    known.set(utteranceId, created);
    return created;
  }

  /** Records an event at a time on the timeline of the audio, but not in the future; now without a time. */
  function record(fact: DaemonFact, atMs?: number): void {
    const now = clock.now();
    ingest.record(callId, fact, atMs === undefined ? now : Math.round(Math.min(origin + atMs, now)));
  }

  function toUtterance(
    call: Call,
    id: UtteranceId,
    { party, text, confidence, ...times }: Spoken,
  ): Utterance {
    const toOffset = (ms: number): number => Math.max(0, Math.round(origin + ms - offsetOrigin(call)));
    const startMs = toOffset(times.startMs);
    const endMs = Math.max(startMs, toOffset(times.endMs));
    return { id, party, text, startMs, endMs, ...(confidence !== undefined && { confidence }) };
  }

  const HANDLERS: HandlerTable<TranscriberEvent, [call: Call]> = {
    'utterance.partial'({ party, utteranceId, text }, call) {
      const { id, isFinal } = utteranceWith(utteranceId);
      if (isFinal || !isLive(call)) return;
      if (text.trim() === '') partials.drop(callId, id);
      else partials.set(callId, party, text, clock.now(), { id });
    },
    'utterance.final'(event, call) {
      const utterance = utteranceWith(event.utteranceId);
      if (utterance.isFinal) return;
      utterance.isFinal = true;
      partials.drop(callId, utterance.id);
      record({ type: 'UTTERANCE_FINALIZED', utterance: toUtterance(call, utterance.id, event) }, event.endMs);
    },
    'utterance.revised'(event, call) {
      const utterance = known.get(event.utteranceId);
      if (!utterance?.isFinal) return;
      record({ type: 'UTTERANCE_REVISED', utterance: toUtterance(call, utterance.id, event) });
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
      const { transcription: before } = call;
      const isSame = before?.state === state && before.code === code && before.transcriber === transcriber;
      // Ended calls are not transcribed either.
      if (isSame || !isTranscribed(call)) return;
      const details = { ...(code !== undefined && { code }), ...(message !== undefined && { message }) };
      record({ type: 'TRANSCRIPTION_CHANGED', transcription: { transcriber, state, ...details } });
    },
  };

  const reportedCuts = new Set<string>();
  /** Reports once for each field that it was cut. */
  function reportCut(field: string): void {
    if (reportedCuts.has(field)) return;
    reportedCuts.add(field);
    record({ type: 'CALL_NOTICE', code: TRUNCATED, message: truncationMessage(field) });
  }

  return (given) => {
    const call = ingest.current(callId);
    if (!call) return;
    const { event, cut } = limitTranscriberEvent(given);
    dispatch(HANDLERS, event, call);
    cut.forEach(reportCut);
  };
}
