/** A harness whose calls are transcribed, by transcribers that a test plays; with audio, and a clock that stands still. */
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
import { afterEach } from 'vitest';
import type { ProviderView } from '../../src/plugins/ports.ts';
import { LONG_PLAYOUT_DELAY_MS } from '../../src/audio/call-audio.ts';
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
const open = new Set<TranscriptionHarness>();
afterEach(() => {
  for (const { harness } of open) harness.close();
  open.clear();
});

export class TranscriptionHarness {
  readonly #dir: string;
  /** What the provider of the calls is. */
  readonly provider = { providesTranscript: false, capabilities: ['LISTEN'] as Capability[] };
  harness: Harness;
  transcribers: FakeTranscribers = createFakeTranscribers();
  transcribing!: TranscriptionService;

  /** It is closed after the test. */
  constructor(root: string) {
    this.#dir = join(root, String(count++));
    mkdirSync(this.#dir);
    this.harness = createHarness(this.#dir);
    open.add(this);
  }

  /** From now on calls are set to `setting`, and there are these transcribers. */
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

  /** The daemon stops, and another one starts on the same file. */
  async restart(setting: string, ...ids: string[]): Promise<void> {
    await this.transcribing.stop();
    const { clock } = this.harness;
    this.harness.close();
    this.harness = createHarness(this.#dir, { clock });
    this.begin(setting, ...ids);
  }

  async aCall(call = 'their-call'): Promise<CallId> {
    const { clock, ingest, tell } = this.harness;
    const callId = tell(event('call.status', { status: 'IN_PROGRESS' }, { call, at: clock.now() }));
    await ingest.committed();
    await clock.settle();
    return callId;
  }

  async hangUp(call = 'their-call'): Promise<void> {
    const { clock, ingest, tell } = this.harness;
    tell(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }, { call, at: clock.now() }));
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

  /** The customer says 400 Hz and the assistant 900 Hz, for so long. */
  async talk(callId: CallId, ms = 200): Promise<void> {
    const stream = this.openStream(callId);
    for (let i = 0; i < ms / 20; i++) {
      await this.harness.clock.advance(20);
      stream.write('CUSTOMER', bytesOf(tone(400, 8000, 20, 16_000, i * 160)), i * 20);
      stream.write('ASSISTANT', bytesOf(tone(900, 8000, 20, 16_000, i * 160)), i * 20);
    }
    stream.end('over');
    await this.harness.clock.advance(LONG_PLAYOUT_DELAY_MS);
  }

  on(callId: CallId, rest: { transcriber?: string; language?: string } = {}): Promise<Call> {
    return this.transcribing.set(callId, { on: true, by: 'ada', ...rest });
  }

  off(callId: CallId): Promise<Call> {
    return this.transcribing.set(callId, { on: false, by: 'bob' });
  }

  /** The transcription that was begun last. */
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

  /** What was told of transcriptions, in order: by whom, how they are, and who asked. */
  async changes(): Promise<string[]> {
    await this.harness.ingest.committed();
    const page = await this.harness.eventLog.page(0, 10_000, { types: ['TRANSCRIPTION_CHANGED'] });
    return page.flatMap(({ fact }) =>
      fact.type === 'TRANSCRIPTION_CHANGED'
        ? [[fact.transcription.transcriber, fact.transcription.state, fact.by ?? 'nobody'].join(' ')]
        : [],
    );
  }

  /** Everything that a call could leave behind. */
  left(): Record<string, number> {
    const { audio, demand, hub, clock } = this.harness;
    return {
      sessions: this.transcribing.size,
      endings: this.transcribing.ending,
      sinks: audio.size,
      wants: demand.size,
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

export const fails = (code = 'EAR_DEAF', message = 'it is deaf'): TranscriberEvent => ({
  type: 'state',
  state: 'FAILED',
  code,
  message,
});
