/** The daemon without plugins, GraphQL and HTTP: a real database on disk, ingest, audio and live readers. */
import { join } from 'node:path';
import type {
  Clock,
  FaultError,
  IdSource,
  ProviderEvent,
  ProviderEventFields,
  ProviderEventType,
} from '@sidetone/core';
import { providerCallId, providerId } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { CallRegistry } from '../../src/calls/call-registry.ts';
import { Ingest } from '../../src/calls/ingest.ts';
import type { CallReads } from '../../src/calls/loading/ports.ts';
import { OpenCommands } from '../../src/commands/open-commands.ts';
import { CallAnchors } from '../../src/audio/call-anchors.ts';
import { CallAudioRegistry } from '../../src/audio/call-audio-registry.ts';
import { LevelMeters } from '../../src/audio/level-meters.ts';
import { Streams } from '../../src/audio/streams.ts';
import { Waveforms } from '../../src/audio/waveforms/waveforms.ts';
import { Silences } from '../../src/capture/silences.ts';
import { createFeeds } from '../../src/live/feeds.ts';
import { Demand } from '../../src/live/demand.ts';
import { LatestPartials } from '../../src/live/latest-partials.ts';
import { RecordHub } from '../../src/live/record-hub.ts';
import { createIds } from '../../src/ids.ts';
import { Compressor, type CompressorDeps } from '../../src/recording/compression/compressor.ts';
import { createCodec, type Codec } from '../../src/recording/compression/codec-threads.ts';
import { RecordingFiles } from '../../src/recording/recording-files.ts';
import { RecordingService, type RecordingServiceDeps } from '../../src/recording/recording-service.ts';
import { createAuditLog } from '../../src/store/audit/log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createEventLog } from '../../src/store/event-log.ts';

import { createLedger, type SqliteLedger } from '../../src/store/ledger.ts';
import { createRecordingRows, createWaveformStore } from '../../src/store/media.ts';
import { CODEC_PROGRAM } from './codec.ts';
import { createLocalHistory } from './history.ts';
import { createTestLog } from './silent-log.ts';

export const PROVIDER = providerId('test');

export interface HarnessOptions {
  readonly clock?: Clock;
  readonly ids?: IdSource;
  readonly pendingEvents?: number;
  readonly pendingBytes?: number;
  /** Overrides for the recording service, which a test starts itself. */
  readonly recordings?: Partial<RecordingServiceDeps>;
  /** Threads that several tests share. */
  readonly codec?: Codec;
  /** Overrides for the compression of recordings, which a test starts itself. */
  readonly compressor?: Partial<CompressorDeps>;
  /** Wraps the ledger between ingest and the store, to make it fail. */
  readonly wrapLedger?: (ledger: SqliteLedger) => SqliteLedger;
  readonly onFenced?: (fault: FaultError) => void;
  /** Replaces what decisions read of the store. */
  readonly readsOf?: (ledger: SqliteLedger, clock: Clock) => CallReads;
}

export function createHarness(dir: string, options: HarnessOptions = {}) {
  const database = openDatabase(join(dir, 'harness.db'), 'normal');
  const clock = options.clock ?? createFakeClock();
  const ids = options.ids ?? createIds();
  const { log, lines } = createTestLog();
  const ledger = (options.wrapLedger ?? ((unwrapped) => unwrapped))(createLedger(database.db));
  const eventLog = createEventLog(database);
  const hub = new RecordHub(eventLog.latest());
  const partials = new LatestPartials({ ids });
  const demand = new Demand();
  const anchors = new CallAnchors(clock);
  const levels = new LevelMeters({ clock });
  const reads = options.readsOf?.(ledger, clock) ?? ledger;
  const registry = new CallRegistry({ reads });
  registry.putAll(ledger.live());
  const { pendingEvents = 10_000, pendingBytes = 128 * 1024 * 1024 } = options;
  const openCommands = new OpenCommands();
  const ingest = new Ingest({
    openCommands,
    registry,
    ledger,
    reads,
    feed: hub,
    partials,
    ...(options.onFenced && { onFenced: options.onFenced }),
    ids,
    clock,
    log: log('ingest'),
    pending: { events: pendingEvents, bytes: pendingBytes },
  });
  const silences = new Silences({ anchors, clock });
  const audio = new CallAudioRegistry({ demand, anchors, silences, clock });
  const waveforms = new Waveforms({
    store: createWaveformStore(database.db),
    clock,
    log: log('waveforms'),
    isKept: true,
  });
  const streams = new Streams({ ingest, demand, levels, audio, waveforms, anchors, silences, ids, clock });
  const feeds = createFeeds({ hub, log: eventLog, calls: registry, partials, levels, demand, clock });
  const codec = options.codec ?? createCodec(clock, CODEC_PROGRAM);
  const recordingFiles = new RecordingFiles(join(dir, 'recordings'), codec);
  const compressor = new Compressor({
    isOn: true,
    files: recordingFiles,
    codec,
    rows: createRecordingRows(database.db),
    liveCall: (callId) => registry.peek(callId),
    clock,
    log: log('recording'),
    ...options.compressor,
  });
  const recordings = new RecordingService({
    audio,
    streams,
    demand,
    feeds,
    registry,
    ingest,
    rows: createRecordingRows(database.db),
    files: recordingFiles,
    compressor,
    isRecorded: () => true,
    keepsWaveforms: true,
    clock,
    log: log('recording'),
    ...options.recordings,
  });
  const history = createLocalHistory(database.db);
  return {
    database,
    audit: createAuditLog(database.db),
    auditMs: 365 * 24 * 60 * 60_000,
    clock: clock as FakeClock,
    lines,
    ledger,
    eventLog,
    hub,
    partials,
    demand,
    levels,
    registry,
    ingest,
    openCommands,
    audio,
    silences,
    waveforms,
    results: { forget: () => undefined },
    streams,
    feeds,
    codec,
    recordingFiles,
    compressor,
    recordings,
    history,
    /** Passes an event of the test provider to ingest and returns the id of its call. */
    emit: (event: ProviderEvent) => ingest.accept(PROVIDER, event)!,
    close() {
      void ingest.close();
      database.close();
    },
  };
}

export type Harness = ReturnType<typeof createHarness>;

/** Returns an event of a call of the test provider. */
export function event<Type extends ProviderEventType>(
  type: Type,
  fields: ProviderEventFields[Type] & { readonly dedupeKey?: string },
  { call = 'their-call', at = 1000 } = {},
): ProviderEvent {
  return { type, providerCallId: providerCallId(call), occurredAt: at, ...fields } as ProviderEvent;
}

/** Returns a final utterance with its number in its text. */
export const numberedUtterance = (number: number, call = 'their-call'): ProviderEvent =>
  event('utterance.final', { party: 'CUSTOMER', text: `words ${number}` }, { call, at: 1000 + number });
