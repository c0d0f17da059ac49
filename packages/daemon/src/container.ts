/**
 * Every part of the daemon and what it is made of, in one place. Fresh for each daemon, so that two in one process
 * (in tests) share nothing.
 */
import 'reflect-metadata';
import { container, instanceCachingFactory, type DependencyContainer, type InjectionToken } from 'tsyringe';
import type { Clock, IdSource, Logger } from '@sidetone/core';
import { AddedUtterances } from './transcription/added-utterances.ts';
import { AnnotationService } from './calls/annotation-service.ts';
import { BackfillService } from './backfill/backfill-service.ts';
import { CallRegistry } from './calls/call-registry.ts';
import { CommandService } from './commands/command-service.ts';
import { ClientSlots } from './graphql/guard/client-slots.ts';
import { createCursors } from './calls/cursor.ts';
import { Erasure } from './calls/erasure.ts';
import { Ingest } from './calls/ingest.ts';
import { ListeningService } from './listening/listening-service.ts';
import { OpenCommands } from './commands/open-commands.ts';
import { TranscriptionService } from './transcription/transcription-service.ts';
import { CallAudios } from './audio/call-audios.ts';
import { LevelBoard } from './audio/level-board.ts';
import { Streams } from './audio/streams.ts';
import { Waveforms } from './audio/waveforms.ts';
import type { Config } from './config/schema.ts';
import { createQueryLimits } from './graphql/guard/limits.ts';
import { createSchema } from './graphql/schema.ts';
import { boundSubscriptions } from './graphql/guard/subscription-slots.ts';
import { createControlEndpoint } from './http/control-endpoint.ts';
import { createDashboard } from './http/dashboard.ts';
import { Gate } from './http/gate.ts';
import { createGraphqlEndpoint } from './http/graphql-endpoint.ts';
import { createIngressEndpoint } from './http/ingress.ts';
import { createListenEndpoint } from './http/listen.ts';
import { createRecordingEndpoint } from './http/recording.ts';
import { createHttpServer } from './http/server.ts';
import { createFeeds } from './live/feeds.ts';
import { Demand } from './live/demand.ts';
import { PartialSlots } from './live/partial-slots.ts';
import { RecordHub } from './live/record-hub.ts';
import { ProviderRegistry } from './plugins/provider/provider-registry.ts';
import { TranscriberRegistry } from './plugins/transcriber/transcriber-registry.ts';
import { RecordingService } from './recording/recording-service.ts';
import { openDatabase } from './store/database.ts';
import { createEventLog } from './store/event-log.ts';
import { historyOf } from './store/history/history.ts';
import { openHistory } from './store/history/lanes.ts';
import { createLedger } from './store/ledger.ts';
import { createStateStore } from './store/plugin-state.ts';
import { createRecordingRows } from './store/recording-rows.ts';
import { createWaveformStore } from './store/waveforms.ts';
import * as tokens from './tokens.ts';

/** What comes from outside: settings, and the impure things that tests replace. */
export interface Surroundings {
  readonly config: Config;
  readonly baseDir: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: (part: string) => Logger;
  /** Where providers reach us; known once the port is. */
  readonly publicUrl: () => URL;
  readonly isReady: () => boolean;
}

export function createContainer(around: Surroundings): DependencyContainer {
  const { config, clock, ids, log } = around;
  const { limits } = config;
  const parts = container.createChildContainer();

  function part<Part>(
    token: InjectionToken<Part>,
    make: (get: <Other>(other: InjectionToken<Other>) => Other) => Part,
  ) {
    parts.register(token, {
      useFactory: instanceCachingFactory((from) => make((other) => from.resolve(other))),
    });
  }

  part(tokens.DATABASE, () => openDatabase(config.storage.path, config.storage.durability));
  part(tokens.LEDGER, (get) => createLedger(get(tokens.DATABASE).db));
  part(tokens.EVENT_LOG, (get) => createEventLog(get(tokens.DATABASE)));
  part(tokens.HISTORY_LANES, (get) => openHistory(get(tokens.DATABASE), { clock, log: log('history') }));
  part(tokens.HISTORY, (get) => historyOf(get(tokens.HISTORY_LANES).ask));
  part(tokens.STATE_STORE, (get) => createStateStore(get(tokens.DATABASE).db));

  part(tokens.RECORD_HUB, (get) => new RecordHub(get(tokens.EVENT_LOG).latest()));
  part(tokens.PARTIAL_SLOTS, () => new PartialSlots({ ids }));
  part(tokens.DEMAND, () => new Demand());
  part(tokens.LEVEL_BOARD, () => new LevelBoard({ clock }));
  part(tokens.CALL_AUDIOS, (get) => new CallAudios({ demand: get(tokens.DEMAND), clock }));
  part(
    tokens.WAVEFORMS,
    (get) =>
      new Waveforms({
        store: createWaveformStore(get(tokens.DATABASE).db),
        clock,
        log: log('waveforms'),
        isKept: config.recording.waveform,
      }),
  );
  part(tokens.FEEDS, (get) =>
    createFeeds({
      hub: get(tokens.RECORD_HUB),
      log: get(tokens.EVENT_LOG),
      registry: get(tokens.CALL_REGISTRY),
      partials: get(tokens.PARTIAL_SLOTS),
      levels: get(tokens.LEVEL_BOARD),
      demand: get(tokens.DEMAND),
      clock,
    }),
  );

  part(tokens.OPEN_COMMANDS, () => new OpenCommands());
  part(tokens.CALL_REGISTRY, (get) => new CallRegistry({ ledger: get(tokens.LEDGER) }));
  part(
    tokens.INGEST,
    (get) =>
      new Ingest({
        registry: get(tokens.CALL_REGISTRY),
        ledger: get(tokens.LEDGER),
        feed: get(tokens.RECORD_HUB),
        partials: get(tokens.PARTIAL_SLOTS),
        openCommands: get(tokens.OPEN_COMMANDS),
        ids,
        clock,
        log: log('ingest'),
        pendingEvents: limits.pendingEvents,
      }),
  );
  part(
    tokens.STREAMS,
    (get) =>
      new Streams({
        ingest: get(tokens.INGEST),
        demand: get(tokens.DEMAND),
        levels: get(tokens.LEVEL_BOARD),
        audio: get(tokens.CALL_AUDIOS),
        waveforms: get(tokens.WAVEFORMS),
        ids,
        clock,
      }),
  );
  part(
    tokens.RECORDINGS,
    (get) =>
      new RecordingService({
        audio: get(tokens.CALL_AUDIOS),
        demand: get(tokens.DEMAND),
        feeds: get(tokens.FEEDS),
        registry: get(tokens.CALL_REGISTRY),
        ingest: get(tokens.INGEST),
        rows: createRecordingRows(get(tokens.DATABASE).db),
        folder: config.recording.path,
        isRecorded: (id) => config.providers[id]?.recording.enabled ?? config.recording.enabled,
        keepsWaveforms: config.recording.waveform,
        clock,
        log: log('recording'),
      }),
  );
  part(
    tokens.LISTENING,
    (get) =>
      new ListeningService({
        audio: get(tokens.CALL_AUDIOS),
        feeds: get(tokens.FEEDS),
        registry: get(tokens.CALL_REGISTRY),
        ingest: get(tokens.INGEST),
        ids,
        clock,
        log: log('listening'),
      }),
  );
  part(
    tokens.PROVIDERS,
    (get) =>
      new ProviderRegistry({
        config: config.providers,
        baseDir: around.baseDir,
        ingest: get(tokens.INGEST),
        registry: get(tokens.CALL_REGISTRY),
        streams: get(tokens.STREAMS),
        demand: get(tokens.DEMAND),
        stateStore: get(tokens.STATE_STORE),
        clock,
        log: (id) => log(`provider ${id}`),
        publicUrl: around.publicUrl,
        socketMessageBytes: limits.socketMessageBytes,
        eventsPerSecond: limits.eventsPerSecond,
        random: Math.random,
        liveCalls: (id) => get(tokens.CALL_REGISTRY).live(id),
      }),
  );
  part(
    tokens.TRANSCRIBERS,
    (get) =>
      new TranscriberRegistry({
        config: config.transcribers,
        baseDir: around.baseDir,
        stateStore: get(tokens.STATE_STORE),
        clock,
        log: (id) => log(`transcriber ${id}`),
        socketMessageBytes: limits.socketMessageBytes,
        random: Math.random,
      }),
  );
  part(
    tokens.TRANSCRIPTION_SERVICE,
    (get) =>
      new TranscriptionService({
        transcribers: get(tokens.TRANSCRIBERS),
        providers: get(tokens.PROVIDERS),
        settingOf: (id) => config.providers[id]?.transcribe ?? 'off',
        audio: get(tokens.CALL_AUDIOS),
        feeds: get(tokens.FEEDS),
        registry: get(tokens.CALL_REGISTRY),
        ingest: get(tokens.INGEST),
        partials: get(tokens.PARTIAL_SLOTS),
        ids,
        clock,
        log: log('transcribing'),
      }),
  );
  part(
    tokens.COMMANDS,
    (get) =>
      new CommandService({
        registry: get(tokens.CALL_REGISTRY),
        ledger: get(tokens.LEDGER),
        ingest: get(tokens.INGEST),
        openCommands: get(tokens.OPEN_COMMANDS),
        providers: get(tokens.PROVIDERS),
        ids,
        clock,
      }),
  );

  part(tokens.ANNOTATIONS, (get) => new AnnotationService({ ingest: get(tokens.INGEST), ids, clock }));
  part(
    tokens.ADDED_UTTERANCES,
    (get) =>
      new AddedUtterances({
        ingest: get(tokens.INGEST),
        ledger: get(tokens.LEDGER),
        partials: get(tokens.PARTIAL_SLOTS),
        ids,
        clock,
      }),
  );
  part(
    tokens.ERASURE,
    (get) =>
      new Erasure({
        ingest: get(tokens.INGEST),
        ledger: get(tokens.LEDGER),
        registry: get(tokens.CALL_REGISTRY),
        feed: get(tokens.RECORD_HUB),
        partials: get(tokens.PARTIAL_SLOTS),
        openCommands: get(tokens.OPEN_COMMANDS),
        recordings: get(tokens.RECORDINGS),
        waveforms: get(tokens.WAVEFORMS),
        clock,
        log: log('erasure'),
      }),
  );

  part(
    tokens.BACKFILLS,
    (get) =>
      new BackfillService({
        providers: get(tokens.PROVIDERS),
        ingest: get(tokens.INGEST),
        stateStore: get(tokens.STATE_STORE),
        clock,
        log: log('backfill'),
      }),
  );

  const { tokens: accessTokens } = config.auth;
  const gate = new Gate({ tokens: accessTokens, origins: config.server.cors.origins });
  const newId = (): string => ids.command().slice(-12);
  part(tokens.SCHEMA, (get) =>
    createSchema({
      registry: get(tokens.CALL_REGISTRY),
      history: get(tokens.HISTORY),
      eventLog: get(tokens.EVENT_LOG),
      feeds: get(tokens.FEEDS),
      cursors: createCursors(get(tokens.EVENT_LOG)),
      commands: get(tokens.COMMANDS),
      annotations: get(tokens.ANNOTATIONS),
      addedUtterances: get(tokens.ADDED_UTTERANCES),
      erasure: get(tokens.ERASURE),
      backfills: get(tokens.BACKFILLS),
      providers: get(tokens.PROVIDERS),
      transcribers: get(tokens.TRANSCRIBERS),
      transcribing: get(tokens.TRANSCRIPTION_SERVICE),
      levels: get(tokens.LEVEL_BOARD),
      waveforms: get(tokens.WAVEFORMS),
      recordings: get(tokens.RECORDINGS),
      addressOf: (path) => new URL(path, around.publicUrl()),
      now: () => clock.now(),
      pageSize: limits.pageSize,
    }),
  );
  part(tokens.HTTP_SERVER, (get) =>
    createHttpServer({
      gate,
      dashboard: createDashboard(),
      graphql: createGraphqlEndpoint({
        ...limits,
        schema: boundSubscriptions(get(tokens.SCHEMA), new ClientSlots(limits.subscriptionsPerClient)),
        gate,
        limits: createQueryLimits(limits),
        connections: new ClientSlots(limits.connections),
        log: log('graphql'),
        newId,
      }),
      control: createControlEndpoint({
        gate,
        commands: get(tokens.COMMANDS),
        log: log('control'),
        newId,
        requestBytes: limits.requestBytes,
      }),
      ingress: createIngressEndpoint({
        providers: get(tokens.PROVIDERS),
        ingest: get(tokens.INGEST),
        clock,
        log: log('ingress'),
        webhookBytes: limits.webhookBytes,
        socketMessageBytes: limits.socketMessageBytes,
      }),
      listen: createListenEndpoint({ listening: get(tokens.LISTENING), gate, log: log('listening') }),
      recording: createRecordingEndpoint({ recordings: get(tokens.RECORDINGS), gate, log: log('recording') }),
      isReady: around.isReady,
      log: log('http'),
    }),
  );
  return parts;
}
