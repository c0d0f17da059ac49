/**
 * The transcription of one call: sends the audio of each party to a transcriber and writes the transcript. It is opened with
 * the first audio. Every failure becomes a state of the transcription.
 */
import {
  encodePcm16le,
  isFault,
  isTranscribed,
  messageOf,
  type CallId,
  type TranscribedCall,
  type TranscriberEvent,
} from '@sidetone/core';
import { CHANNEL_PARTIES, CHANNELS, FRAME_SAMPLES, SAMPLE_RATE } from '../audio/frames.ts';
import { createLossReport } from '../audio/loss-report.ts';
import { TOO_LATE_AFTER_END, type AudioSource } from '../audio/ports.ts';
import type { OpenTranscription, TranscriberDirectory } from '../plugins/ports.ts';
import { createTranscriptWriter, type TranscriptWriterDeps } from './transcript-writer.ts';

export interface TranscriptionSettings {
  /** Id of the transcriber in the configuration. */
  readonly transcriber: string;
  /** BCP 47. */
  readonly language?: string;
}

export interface TranscriptionSessionDeps extends TranscriptWriterDeps {
  readonly transcribers: Pick<TranscriberDirectory, 'get'>;
  readonly audio: AudioSource;
}

export interface TranscriptionSession {
  readonly settings: TranscriptionSettings;
  /** Reports audio that arrived after the end. */
  leftOut(ms: number): void;
  /** Stops the audio. Resolves when the last transcript has arrived or timed out. Never rejects. */
  end(): Promise<void>;
}

/**
 * Starts to receive the audio of a call. The caller ends the session.
 * @param onFailed called once if the transcription fails before its end.
 */
export function createTranscriptionSession(
  callId: CallId,
  settings: TranscriptionSettings,
  deps: TranscriptionSessionDeps,
  onFailed: () => void,
): TranscriptionSession {
  const { transcriber } = settings;
  const { ingest, transcribers } = deps;
  let transcription: OpenTranscription | undefined;
  let hasEnded = false;
  /** Time of the first audio, epoch ms: the start of the transcriber's timeline. */
  let origin = 0;
  /** Writes events of the transcriber; does nothing before the first audio. */
  let write: (event: TranscriberEvent) => void = () => undefined;

  function fail(code: string, message: string): void {
    const failed = { transcriber, state: 'FAILED', code, message } as const;
    ingest.record(callId, { type: 'TRANSCRIPTION_CHANGED', transcription: failed });
    abort();
  }

  function abort(): void {
    if (hasEnded) return;
    hasEnded = true;
    leave();
    losses.end();
    transcription?.cut();
    onFailed();
  }

  const losses = createLossReport(deps.clock, (at, ms) => {
    const fromMs = at - origin;
    write({ type: 'gap', fromMs, toMs: fromMs + ms, reason: 'the audio arrived too late' });
  });

  function createEmit(): (event: TranscriberEvent) => void {
    write = createTranscriptWriter({ callId, transcriber, origin }, deps);
    return (event) => {
      // After the end, another session may report the state; transcripts that arrive late are still written.
      if (event.type === 'state' && hasEnded) return;
      write(event);
      // After the transcriber's own step.
      if (event.type === 'state' && event.state === 'FAILED') queueMicrotask(abort);
    };
  }

  function open(at: number): void {
    const call = ingest.current(callId);
    if (!call) return;
    origin = at;
    if (!isTranscribed(call))
      ingest.record(callId, {
        type: 'TRANSCRIPTION_CHANGED',
        transcription: { transcriber, state: 'CONNECTING' },
      });
    const { providerId, direction } = call;
    const known: TranscribedCall = { id: callId, providerId, ...(direction !== undefined && { direction }) };
    const language = settings.language === undefined ? {} : { language: settings.language };
    try {
      const to = transcribers.get(transcriber);
      if (!to) return fail('PROVIDER_NOT_RUNNING', `the transcriber ${transcriber} is not configured`);
      transcription = to.open({
        call: known,
        parties: CHANNEL_PARTIES,
        sampleRate: SAMPLE_RATE,
        ...language,
        emit: createEmit(),
      });
    } catch (error) {
      fail(isFault(error) ? error.code : 'PLUGIN_EXCEPTION', messageOf(error));
    }
  }

  function frame(samples: Int16Array, at: number): void {
    if (hasEnded) return;
    if (!transcription) open(at);
    if (!transcription) return;
    for (let channel = 0; channel < CHANNELS; channel++) {
      const channelSamples = new Int16Array(FRAME_SAMPLES);
      for (let i = 0; i < FRAME_SAMPLES; i++) channelSamples[i] = samples[i * CHANNELS + channel]!;
      transcription.write(CHANNEL_PARTIES[channel]!, encodePcm16le(channelSamples), at - origin);
    }
  }

  const leave = deps.audio.join(callId, {
    needsSilence: false,
    acceptsDelay: true,
    frame,
    lost: losses.lost,
  });
  return {
    settings,
    leftOut: (ms) => write({ type: 'gap', fromMs: 0, toMs: ms, reason: TOO_LATE_AFTER_END }),
    async end() {
      if (!hasEnded) leave();
      hasEnded = true;
      losses.end();
      await transcription?.end();
    },
  };
}
