/** Starts an instance of the plugin on a fake host, and opens calls with synthetic speech. */
import { FaultError, type Party, type Transcriber } from '@sidetone/core';
import {
  createFakeHost,
  openSpokenCall,
  type FakeHost,
  type FakeService,
  type FakeSocket,
  type SpokenCall,
  type SpokenCallOptions,
} from '@sidetone/testkit';
import plugin, { type DeepgramOptions } from '@sidetone/plugin-deepgram';
import { serveModel, type ModelOptions } from './model.ts';

export const KEY = 'key-of-the-tests-0';
export const RATE = 8000;

export async function readOptions(options: object = {}): Promise<DeepgramOptions> {
  const result = await plugin.options['~standard'].validate({ apiKey: KEY, ...options });
  if (result.issues) throw new Error(JSON.stringify(result.issues));
  return result.value;
}

export interface Harness {
  readonly host: FakeHost;
  readonly transcriber: Transcriber;
  /** Opens a call, by default with both parties. */
  open(options?: SpokenCallOptions): SpokenCall;
  /** The remote ends of the opened sockets, in order. */
  readonly peers: readonly FakeSocket[];
  /** Accepts every dial from now on. The remote end does nothing by default. */
  accept(use?: FakeService): void;
  /** Accepts every dial from now on with the model of the service. */
  serve(options?: Partial<ModelOptions>): void;
  /** Rejects every dial from now on. */
  reject(status: number, body?: string): void;
}

export async function start(options: object = {}): Promise<Harness> {
  const host = createFakeHost();
  const transcriber = plugin.create(await readOptions(options), host);
  await transcriber.start(new AbortController().signal);
  const accept = (use: FakeService): void => host.answerDials(() => use);
  return {
    host,
    transcriber,
    get peers() {
      return host.dials.map(({ peer }) => peer).filter((peer) => peer !== undefined);
    },
    open: (call) => openSpokenCall(host.clock, transcriber, call),
    accept: (use = () => undefined) => accept(use),
    serve: (model = {}) => accept((peer) => serveModel(peer, { sampleRate: RATE, channels: 2, ...model })),
    reject(status, body) {
      host.answerDials(() => {
        const details = { status, ...(body !== undefined && { body }) };
        throw new FaultError('PROVIDER_REFUSED', 'the handshake was rejected', { details });
      });
    },
  };
}

/** Returns the latest text of each utterance of a call, in chronological order. */
export function utterancesOf(call: SpokenCall): readonly (readonly [party: Party, text: string])[] {
  const finals = [...call.of('utterance.final')].toSorted((a, b) => a.startMs - b.startMs);
  return finals.map(({ party, utteranceId, text }) => {
    const revised = call.of('utterance.revised').findLast((event) => event.utteranceId === utteranceId);
    return [party, revised?.text ?? text];
  });
}
