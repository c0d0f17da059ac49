/** A started instance of the plugin on a fake host, and a call that it transcribes. */
import {
  FaultError,
  type CallId,
  type Party,
  type ProviderId,
  type Transcriber,
  type TranscriberEvent,
  type TranscriberEventOf,
  type TranscriberEventType,
  type Transcription,
  type TranscriptionRequest,
} from '@sidetone/core';
import { createFakeHost, type FakeHost, type FakeSocket } from '@sidetone/testkit';
import plugin, { type DeepgramOptions } from '@sidetone/plugin-deepgram';
import { serveModel, WORD_MS, type ModelOptions } from './model.ts';

export const KEY = 'key-of-the-tests-0';
export const RATE = 8000;
export const FRAME_MS = 20;

export async function readOptions(options: object = {}): Promise<DeepgramOptions> {
  const result = await plugin.options['~standard'].validate({ apiKey: KEY, ...options });
  if (result.issues) throw new Error(JSON.stringify(result.issues));
  return result.value;
}

export interface Harness {
  readonly host: FakeHost;
  readonly transcriber: Transcriber;
  /** Opens a call; without parties it has both. */
  open(request?: Partial<TranscriptionRequest>): TestCall;
  /** The far ends of the sockets that were opened, in order. */
  readonly peers: readonly FakeSocket[];
  /** Answers every dial from now on, with a socket behind which nobody does anything unless `use` does. */
  accept(use?: (peer: FakeSocket) => void): void;
  /** Answers every dial from now on with the model of the service. */
  serve(options?: Partial<ModelOptions>): void;
  /** Refuses every dial from now on. */
  refuse(status: number, body?: string): void;
}

/** When which word is said: by party, the number of a word and its place in ms. */
export type Script = Partial<Record<Party, readonly (readonly [word: number, atMs: number])[]>>;

export interface TestCall {
  readonly transcription: Transcription;
  readonly events: readonly TranscriberEvent[];
  readonly controller: AbortController;
  /** How much audio was written, ms. */
  readonly writtenMs: number;
  of<Type extends TranscriberEventType>(type: Type): readonly TranscriberEventOf<Type>[];
  /** Lets the call go on for `ms`: audio is written every 20 ms, with the words of the script in it. */
  speak(ms: number, script?: Script): Promise<void>;
  /** The last text of each utterance, in the order of their places. */
  utterances(): readonly (readonly [party: Party, text: string])[];
  /** Ends it, and lets time go on until that has settled. */
  end(): Promise<void>;
}

/** The samples of a party for one frame. */
function frameAt(atMs: number, words: readonly (readonly [word: number, atMs: number])[]): Uint8Array {
  const samples = new Int16Array((RATE * FRAME_MS) / 1000);
  for (const [word, startMs] of words) {
    if (atMs >= startMs && atMs < startMs + WORD_MS) samples.fill(word);
  }
  return new Uint8Array(samples.buffer);
}

export async function start(options: object = {}): Promise<Harness> {
  const host = createFakeHost();
  const transcriber = plugin.create(await readOptions(options), host);
  await transcriber.start(new AbortController().signal);
  return {
    host,
    transcriber,
    get peers() {
      return host.dials.map(({ peer }) => peer).filter((peer) => peer !== undefined);
    },
    open: (request = {}) => openCall(host, transcriber, request),
    accept: (use = () => undefined) => accept(host, use),
    serve: (model = {}) =>
      accept(host, (peer) => serveModel(peer, { sampleRate: RATE, channels: 2, ...model })),
    refuse(status, body) {
      host.answerDials(() => {
        const details = { status, ...(body !== undefined && { body }) };
        throw new FaultError('PROVIDER_REFUSED', 'the handshake was refused', { details });
      });
    },
  };
}

function accept(host: FakeHost, use: (peer: FakeSocket) => void): void {
  host.answerDials(() => {
    const index = host.dials.length - 1;
    // The far end is there once the dial has settled.
    setImmediate(() => {
      const peer = host.dials[index]?.peer;
      if (peer) use(peer);
    });
  });
}

function openCall(
  host: FakeHost,
  transcriber: Transcriber,
  request: Partial<TranscriptionRequest>,
): TestCall {
  const events: TranscriberEvent[] = [];
  const controller = new AbortController();
  const parties = request.parties ?? ['CUSTOMER', 'ASSISTANT'];
  let atMs = 0;
  const transcription = transcriber.open(
    {
      call: { id: 'call_test' as CallId, providerId: 'test' as ProviderId },
      parties,
      sampleRate: RATE,
      emit: (event) => void events.push(event),
      ...request,
    },
    controller.signal,
  );
  return {
    transcription,
    events,
    controller,
    get writtenMs() {
      return atMs;
    },
    of: <Type extends TranscriberEventType>(type: Type) =>
      events.filter((event): event is TranscriberEventOf<Type> & TranscriberEvent => event.type === type),
    utterances() {
      const told = new Map<string, TranscriberEventOf<'utterance.final' | 'utterance.revised'>>();
      for (const event of events) {
        if (event.type === 'utterance.final' || event.type === 'utterance.revised')
          told.set(event.utteranceId, event);
      }
      return [...told.values()]
        .toSorted((a, b) => a.startMs - b.startMs)
        .map(({ party, text }) => [party, text]);
    },
    async speak(ms, script = {}) {
      for (const untilMs = atMs + ms; atMs < untilMs; atMs += FRAME_MS) {
        for (const party of parties) transcription.write(party, frameAt(atMs, script[party] ?? []), atMs);
        await host.clock.advance(FRAME_MS);
      }
    },
    async end() {
      const progress = { isSettled: false };
      const settled = transcription.end().then(() => (progress.isSettled = true));
      for (let waited = 0; waited < 30_000 && !progress.isSettled; waited += 100) {
        await host.clock.advance(100);
      }
      if (!progress.isSettled) throw new Error('the end did not settle');
      await settled;
    },
  };
}
