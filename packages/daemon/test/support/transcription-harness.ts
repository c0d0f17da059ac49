/** A harness whose calls are transcribed by transcribers that a test plays, with audio and a fake clock. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  providerCallId,
  type Call,
  type CallId,
  type Capability,
  type MediaStream,
  type TranscriberEvent,
} from '@sidetone/core';
import { onTestFinished } from 'vitest';
import type { ProviderView } from '../../src/plugins/ports.ts';
import { PATIENT_DELAY_MS } from '../../src/audio/patient-playout.ts';
import { TranscriptionService } from '../../src/transcription/transcription-service.ts';
import { createIds } from '../../src/ids.ts';
import { bytesOf, tone } from '../audio/signals.ts';
import {
  createFakeTranscribers,
  type FakeTranscribers,
  type FakeTranscription,
} from './fake-transcribers.ts';
import { createHarness, event, type Harness } from './harness.ts';
import { createTestLog } from './silent-log.ts';

let count = 0;

export class TranscriptionHarness {
  readonly #dir: string;
  /** Properties of the provider of the calls. */
  readonly provider = { providesTranscript: false, capabilities: ['LISTEN'] as Capability[] };
  harness: Harness;
  transcribers: FakeTranscribers = createFakeTranscribers();
  transcribing!: TranscriptionService;

  /** Is closed after the test. */
  constructor(root: string) {
    this.#dir = join(root, String(count++));
    mkdirSync(this.#dir);
    this.harness = createHarness(this.#dir);
    onTestFinished(() => this.harness.close());
  }

  /** Starts transcription with the provider's `transcribe` setting and these transcribers. */
  begin(setting: string, ...ids: string[]): void {
    const { provider } = this;
    this.transcribers = createFakeTranscribers(...ids);
    const view = {
      get providesTranscript() {
        return provider.providesTranscript;
      },
      capabilitiesFor: () => provider.capabilities,
    } as unknown as ProviderView;
    this.transcribing = new TranscriptionService({
      ...this.harness,
      transcribers: this.transcribers,
      providers: { get: () => view },
      settingOf: () => setting,
      ids: createIds(),
      log: createTestLog().log(''),
    });
    this.transcribing.start();
  }

  /** Stops the daemon and starts another one on the same database. */
  async restart(setting: string, ...ids: string[]): Promise<void> {
    await this.transcribing.stop();
    const { clock } = this.harness;
    this.harness.close();
    this.harness = createHarness(this.#dir, { clock });
    this.begin(setting, ...ids);
  }

  async aCall(call = 'their-call'): Promise<CallId> {
    const { clock, ingest, emit } = this.harness;
    const callId = emit(event('call.status', { status: 'IN_PROGRESS' }, { call, at: clock.now() }));
    await ingest.committed();
    await clock.settle();
    return callId;
  }

  async hangUp(call = 'their-call'): Promise<void> {
    const { clock, ingest, emit } = this.harness;
    emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }, { call, at: clock.now() }));
    await ingest.committed();
    await clock.settle();
  }

  openStream(callId: CallId): MediaStream {
    return this.harness.streams.open(callId, {
      providerCallId: providerCallId('their-call'),
      encoding: 'pcm_s16le',
      sampleRate: 8000,
      parties: ['CUSTOMER', 'ASSISTANT'],
    });
  }

  /** Streams 400 Hz of the customer and 900 Hz of the assistant. */
  async talk(callId: CallId, ms = 200): Promise<void> {
    const stream = this.openStream(callId);
    for (let i = 0; i < ms / 20; i++) {
      await this.harness.clock.advance(20);
      stream.write('CUSTOMER', bytesOf(tone(400, 8000, 20, 16_000, i * 160)), i * 20);
      stream.write('ASSISTANT', bytesOf(tone(900, 8000, 20, 16_000, i * 160)), i * 20);
    }
    stream.end('done');
    await this.harness.clock.advance(PATIENT_DELAY_MS);
  }

  on(callId: CallId, rest: { transcriber?: string; language?: string } = {}): Promise<Call> {
    return this.transcribing.set(callId, { on: true, by: 'ada', ...rest });
  }

  off(callId: CallId): Promise<Call> {
    return this.transcribing.set(callId, { on: false, by: 'bob' });
  }

  /** Returns the transcription opened last. */
  newest(): FakeTranscription {
    return this.transcribers.opened.at(-1)!;
  }

  stateOf(callId: CallId): Call['transcription'] {
    return this.harness.ingest.current(callId)?.transcription;
  }

  async textsOf(callId: CallId): Promise<string[]> {
    await this.harness.ingest.committed();
    return this.harness.ledger.utterances(callId).map(({ text }) => text);
  }

  /** Returns all stored changes of transcriptions in order: transcriber, state and requester. */
  async changes(): Promise<string[]> {
    await this.harness.ingest.committed();
    const page = await this.harness.eventLog.page(0, 10_000, { types: ['TRANSCRIPTION_CHANGED'] });
    return page.flatMap(({ fact }) =>
      fact.type === 'TRANSCRIPTION_CHANGED'
        ? [[fact.transcription.transcriber, fact.transcription.state, fact.by ?? 'automatic'].join(' ')]
        : [],
    );
  }

  /** Counts everything that a call could leak. */
  leftovers(): Record<string, number> {
    const { audio, demand, hub, clock } = this.harness;
    return {
      sessions: this.transcribing.size,
      endings: this.transcribing.ending,
      sinks: audio.size,
      demand: demand.size,
      readers: hub.notifier.listeners,
      timers: clock.pending,
    };
  }
}

export const final = (text: string, utteranceId = text): TranscriberEvent => ({
  type: 'utterance.final',
  party: 'CUSTOMER',
  utteranceId,
  text,
  startMs: 0,
  endMs: 100,
});

export const transcribes: TranscriberEvent = { type: 'state', state: 'TRANSCRIBING' };

export const fails = (code = 'TRANSCRIBER_BROKEN', message = 'it is broken'): TranscriberEvent => ({
  type: 'state',
  state: 'FAILED',
  code,
  message,
});
