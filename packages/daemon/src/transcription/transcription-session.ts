/**
 * One call on its way to a transcriber: its audio out, party by party, and the words in. The service is not troubled before
 * there is audio. Whatever goes wrong here is a state of the transcription, and nothing else.
 */
import {
  encodePcm16le,
  isFault,
  isTranscribed,
  messageOf,
  type CallId,
  type Party,
  type TranscribedCall,
  type TranscriberEvent,
} from '@sidetone/core';
import type { AudioSource } from '../audio/ports.ts';
import type { OpenTranscription, TranscriberDirectory } from '../plugins/ports.ts';
import { createTranscriptWriter, type TranscriptWriterDeps } from './transcript-writer.ts';

/** In the order of the channels of a frame. */
const PARTIES: readonly Party[] = ['CUSTOMER', 'ASSISTANT'];
/** Of the call's time line, Hz. */
const SAMPLE_RATE = 16_000;

/** What is wanted of a call. */
export interface TranscriptionSettings {
  /** The key of the transcriber in the configuration. */
  readonly transcriber: string;
  /** BCP 47. */
  readonly language?: string;
}

export interface TranscriptionSessionDeps extends TranscriptWriterDeps {
  readonly transcribers: Pick<TranscriberDirectory, 'get'>;
  readonly audio: AudioSource;
}

export interface TranscriptionSession {
  readonly wish: TranscriptionSettings;
  /** Lets go of the audio, and settles when the last words were told or waited for long enough. Never rejects. */
  end(): Promise<void>;
}

/** Joins the audio of a call. `onFailed` is called when it has been given up: once, and not after its end. Whoever makes it ends it. */
export function createTranscriptionSession(
  callId: CallId,
  wish: TranscriptionSettings,
  deps: TranscriptionSessionDeps,
  onFailed: () => void,
): TranscriptionSession {
  const { transcriber } = wish;
  const { ingest, transcribers } = deps;
  let open: OpenTranscription | undefined;
  let isOver = false;
  /** When the first audio was heard, epoch ms: where the transcriber's time line begins. */
  let origin = 0;

  function fail(code: string, message: string): void {
    const transcription = { transcriber, state: 'FAILED', code, message } as const;
    ingest.record(callId, { type: 'TRANSCRIPTION_CHANGED', transcription });
    finish();
  }

  function finish(): void {
    if (isOver) return;
    isOver = true;
    leave();
    open?.cut();
    onFailed();
  }

  function begin(at: number): void {
    const call = ingest.current(callId);
    if (!call) return;
    origin = at;
    if (!isTranscribed(call))
      ingest.record(callId, {
        type: 'TRANSCRIPTION_CHANGED',
        transcription: { transcriber, state: 'CONNECTING' },
      });
    const take = createTranscriptWriter({ callId, transcriber, origin }, deps);
    const emit = (event: TranscriberEvent): void => {
      // How the call is doing is by then another session's to tell; its last words are not.
      if (event.type === 'state' && isOver) return;
      take(event);
      // Not within the transcriber's own step.
      if (event.type === 'state' && event.state === 'FAILED') queueMicrotask(finish);
    };
    const { providerId, direction } = call;
    const known: TranscribedCall = { id: callId, providerId, ...(direction !== undefined && { direction }) };
    const language = wish.language === undefined ? {} : { language: wish.language };
    try {
      const to = transcribers.get(transcriber);
      if (!to) return fail('PROVIDER_NOT_RUNNING', `the transcriber ${transcriber} is not configured`);
      open = to.open({ call: known, parties: PARTIES, sampleRate: SAMPLE_RATE, ...language, emit });
    } catch (error) {
      fail(isFault(error) ? error.code : 'PLUGIN_EXCEPTION', messageOf(error));
    }
  }

  function frame(samples: Int16Array, at: number): void {
    if (!open) begin(at);
    if (!open) return;
    const length = samples.length / PARTIES.length;
    for (let channel = 0; channel < PARTIES.length; channel++) {
      const own = new Int16Array(length);
      for (let i = 0; i < length; i++) own[i] = samples[i * PARTIES.length + channel]!;
      open.write(PARTIES[channel]!, encodePcm16le(own), at - origin);
    }
  }

  const leave = deps.audio.join(callId, { needsSilence: false, acceptsDelay: true, frame });
  return {
    wish,
    async end() {
      if (!isOver) leave();
      isOver = true;
      await open?.end();
    },
  };
}
