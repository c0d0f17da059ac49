/** Transcribers that a test plays: what they were asked and given is kept, and they tell what the test tells. */
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
  /** All that was written of a party, one after the other. */
  heardOf(party: Party): Int16Array;
  isEnded: boolean;
  isCut: boolean;
  tell(event: TranscriberEvent): void;
  /** What the last words take: settled unless a test holds them back. */
  lastWords: Promise<void>;
}

export interface FakeTranscribers extends TranscriberDirectory {
  /** Those that were begun, the newest last. */
  readonly opened: FakeTranscription[];
  /** What is thrown when a transcription is to begin. */
  refusal: FaultError | Error | undefined;
  /** What happens while one is being begun. */
  onOpen: (begun: FakeTranscription) => void;
  /** What the last words of those that begin take. */
  lastWords: Promise<void>;
  /** Tells that one runs that did not before. */
  run(id: string): void;
}

export function createFakeTranscribers(...ids: string[]): FakeTranscribers {
  const opened: FakeTranscription[] = [];
  const listeners: ((id: string) => void)[] = [];

  function open(by: string, request: TranscriptionRequest): OpenTranscription {
    if (it.refusal) throw it.refusal;
    const made: FakeTranscription = {
      by,
      request,
      written: [],
      heardOf: (party) =>
        concat(made.written.filter((each) => each.party === party).map(({ bytes }) => decodePcm16le(bytes))),
      isEnded: false,
      isCut: false,
      tell: (event) => request.emit(event),
      lastWords: it.lastWords,
    };
    opened.push(made);
    it.onOpen(made);
    return {
      write: (party, bytes, atMs) => void made.written.push({ party, bytes, atMs }),
      end() {
        made.isEnded = true;
        return made.lastWords;
      },
      cut: () => void (made.isCut = true),
    };
  }

  const views = ids.map((id): TranscriberView => {
    const open_ = (request: TranscriptionRequest) => open(id, request);
    return {
      id,
      plugin: './ear.ts',
      displayName: id,
      state: 'RUNNING',
      stateMessage: undefined,
      open: open_,
    };
  });
  const it: FakeTranscribers = {
    opened,
    refusal: undefined,
    onOpen: () => undefined,
    lastWords: Promise.resolve(),
    list: () => views,
    get: (wanted) => views.find(({ id }) => id === wanted),
    onRunning: (listener) => void listeners.push(listener),
    run: (id) => listeners.forEach((listener) => listener(id)),
  };
  return it;
}
