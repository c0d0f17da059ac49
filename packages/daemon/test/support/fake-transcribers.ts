/** Transcribers played by a test: they keep their requests and audio, and emit what the test emits. */
import {
  decodePcm16le,
  type FaultError,
  type Party,
  type TranscriberEvent,
  type TranscriptionRequest,
} from '@sidetone/core';
import type { OpenTranscription, TranscriberDirectory, TranscriberView } from '../../src/plugins/ports.ts';
import { concat } from '../audio/signals.ts';

export interface FakeTranscription {
  readonly by: string;
  readonly request: TranscriptionRequest;
  readonly written: { readonly party: Party; readonly bytes: Uint8Array; readonly atMs: number }[];
  /** Returns all samples written of a party. */
  samplesOf(party: Party): Int16Array;
  isEnded: boolean;
  isCut: boolean;
  emit(event: TranscriberEvent): void;
  /** Resolves when the last transcripts have been emitted: at once, unless a test delays it. */
  drained: Promise<void>;
}

export interface FakeTranscribers extends TranscriberDirectory {
  /** Transcriptions opened so far, the newest last. */
  readonly opened: FakeTranscription[];
  /** Thrown by `open`, if set. */
  error: FaultError | Error | undefined;
  /** Called for each transcription while it is being opened. */
  onOpen: (opened: FakeTranscription) => void;
  /** `drained` of transcriptions opened from now on. */
  drained: Promise<void>;
  /** Reports that a transcriber has started to run. */
  run(id: string): void;
}

export function createFakeTranscribers(...ids: string[]): FakeTranscribers {
  const opened: FakeTranscription[] = [];
  const listeners: ((id: string) => void)[] = [];

  function open(by: string, request: TranscriptionRequest): OpenTranscription {
    if (it.error) throw it.error;
    const made: FakeTranscription = {
      by,
      request,
      written: [],
      samplesOf: (party) =>
        concat(made.written.filter((each) => each.party === party).map(({ bytes }) => decodePcm16le(bytes))),
      isEnded: false,
      isCut: false,
      emit: (event) => request.emit(event),
      drained: it.drained,
    };
    opened.push(made);
    it.onOpen(made);
    return {
      write: (party, bytes, atMs) => void made.written.push({ party, bytes, atMs }),
      end() {
        made.isEnded = true;
        return made.drained;
      },
      cut: () => void (made.isCut = true),
    };
  }

  const views = ids.map((id): TranscriberView => {
    const openAs = (request: TranscriptionRequest) => open(id, request);
    return {
      id,
      plugin: './transcriber.ts',
      displayName: id,
      state: 'RUNNING',
      stateMessage: undefined,
      open: openAs,
    };
  });
  const it: FakeTranscribers = {
    opened,
    error: undefined,
    onOpen: () => undefined,
    drained: Promise.resolve(),
    list: () => views,
    get: (wantedId) => views.find(({ id }) => id === wantedId),
    onRunning: (listener) => void listeners.push(listener),
    run: (id) => listeners.forEach((listener) => listener(id)),
  };
  return it;
}
