/**
 * Composition root: creates every component of the daemon and its dependencies, one function per feature. Each daemon
 * has a container of its own, so several can run in one process (as in tests) without sharing state.
 */
import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import { container, instanceCachingFactory, type DependencyContainer, type InjectionToken } from 'tsyringe';
import type { Clock, IdSource, Logger } from '@sidetone/core';
import { basePathOf } from './access/base-path.ts';
import { isExposed } from './access/exposure.ts';
import { MediaLinks } from './access/media-links.ts';
import { CallAnchors } from './audio/call-anchors.ts';
import { CallAudioRegistry } from './audio/call-audio-registry.ts';
import { LevelMeters } from './audio/level-meters.ts';
import { Streams } from './audio/streams.ts';
import { Waveforms } from './audio/waveforms.ts';
import { BackfillService } from './backfill/backfill-service.ts';
import { AnnotationService } from './calls/annotation-service.ts';
import { CallRegistry } from './calls/call-registry.ts';
import { retryWhileBusy } from './calls/store-retry.ts';
import { createCursors } from './calls/cursor.ts';
import { Erasure } from './calls/erasure.ts';
import { countriesOf } from './calls/numbers/countries.ts';
import { NumberFilling } from './calls/numbers/number-filling.ts';
import { Ingest } from './calls/ingest.ts';
import { CommandService } from './commands/command-service.ts';
import { OpenCommands } from './commands/open-commands.ts';
import type { Config } from './config/schema.ts';
import { ClientSlots } from './graphql/guard/client-slots.ts';
import { DeliveryBudget } from './graphql/guard/deliveries/delivery-budget.ts';
import { limitResponses } from './graphql/guard/response-size.ts';
import { createQueryLimits } from './graphql/guard/limits.ts';
import { limitSubscriptions } from './graphql/guard/subscription-slots.ts';
import { createSchema } from './graphql/schema.ts';
import { FailedSignIns } from './access/failed-sign-ins.ts';
import { SignInAudit } from './access/sign-in-audit.ts';
import { Rejections } from './http/rejections.ts';
import { PendingClients, PENDING_SHARE } from './http/limits/pending-clients.ts';
import { Connections } from './http/limits/connections.ts';
import { openFileLimit, permittedConnections } from './http/limits/open-files.ts';
import { createControlEndpoint } from './http/control-endpoint.ts';
import { createDashboard } from './http/dashboard.ts';
import { createGraphiql } from './http/graphiql.ts';
import { Gate } from './http/gate.ts';
import { createGraphqlEndpoint } from './http/graphql-endpoint.ts';
import { createIngressEndpoint } from './http/ingress.ts';
import { createListenEndpoint } from './http/listen.ts';
import { createMediaAccess, type MediaAccess } from './http/media-access.ts';
import { OutputLedger } from './http/limits/output-ledger.ts';
import { createReadinessEndpoint } from './http/health/readiness-endpoint.ts';
import { createRecordingEndpoint } from './http/recording.ts';
import { RequestBodies } from './http/limits/request-bodies.ts';
import { createHttpServer } from './http/server.ts';
import { ListeningService } from './listening/listening-service.ts';
import { Demand } from './live/demand.ts';
import { createFeeds } from './live/feeds.ts';
import { LatestPartials } from './live/latest-partials.ts';
import { RecordHub } from './live/record-hub.ts';
import { Readiness } from './operator/readiness.ts';
import { ProviderRegistry } from './plugins/provider/provider-registry.ts';
import { AddressGuard } from './plugins/sockets/address-guard.ts';
import { TranscriberRegistry } from './plugins/transcriber/transcriber-registry.ts';
import { RecordingService } from './recording/recording-service.ts';
import { LoopMonitor } from './loop/loop-monitor.ts';
import { LogSampler } from './log-sampler.ts';
import { openDatabase } from './store/database.ts';
import { createEventLog } from './store/event-log.ts';
import { createHistory } from './store/history/history.ts';
import { openQueryRunner } from './store/history/query-runner.ts';
import { createLedger } from './store/ledger.ts';
import { createAuditLog } from './store/audit/log.ts';
import { createStateStore } from './store/plugin-state.ts';
import { secretOf } from './store/secrets.ts';
import { StoreHealth } from './store/store-health.ts';
import { Checkpointer } from './store/watch/checkpointer.ts';
import { StoreWatch } from './store/watch/store-watch.ts';
import { createRecordingRows, createWaveformStore } from './store/media.ts';
import * as tokens from './tokens.ts';
import { UtteranceService } from './transcription/utterance-service.ts';
import { TranscriptionService } from './transcription/transcription-service.ts';

/** What the components get from outside: the configuration, and the impure parts that tests replace. */
export interface Environment {
  readonly config: Config;
  /** The folder that plugin paths and packages are resolved from. */
  readonly baseDir: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Creates the logger of a component. */
  readonly log: (part: string) => Logger;
  /** The daemon's address as providers see it; known once the server listens. */
  readonly publicUrl: () => URL;
  readonly isReady: () => boolean;
}

const DAY_MS = 24 * 60 * 60_000;

type Get = <Part>(token: InjectionToken<Part>) => Part;

/** Registers the factory of a component, which is called at most once per container. */
type Register = <Part>(token: InjectionToken<Part>, create: (get: Get) => Part) => void;

export function createContainer(environment: Environment): DependencyContainer {
  const parts = container.createChildContainer();
  const register: Register = (token, create) => {
    parts.register(token, {
      useFactory: instanceCachingFactory((from) => create((other) => from.resolve(other))),
    });
  };
  const { clock, log } = environment;
  register(tokens.LOOP_MONITOR, () => new LoopMonitor({ clock, log: log('loop') }));
  registerStore(register, environment);
  registerCalls(register, environment);
  registerLive(register, environment);
  registerAudio(register, environment);
  registerRecordingAndListening(register, environment);
  registerPlugins(register, environment);
  registerTranscription(register, environment);
  registerCommandsAndBackfill(register, environment);
  registerGraphql(register, environment);
  registerDeliveries(register, environment);
  registerHttp(register, environment);
  registerOperator(register, environment);
  return parts;
}

function registerStore(register: Register, { config, clock, log }: Environment): void {
  register(tokens.DATABASE, () => openDatabase(config.storage.path, config.storage.durability));
  register(tokens.LEDGER, (get) =>
    createLedger(get(tokens.DATABASE).db, get(tokens.STORE_HEALTH), countriesOf(config)),
  );
  register(
    tokens.NUMBER_FILLING,
    (get) => new NumberFilling({ ledger: get(tokens.LEDGER), clock, log: log('store') }),
  );
  register(
    tokens.STORE_HEALTH,
    (get) => new StoreHealth(log('store'), get(tokens.DATABASE).ownership.assert),
  );
  register(tokens.STORE_WATCH, (get) => {
    const { db, ownership } = get(tokens.DATABASE);
    const path = db.$client.name;
    return new StoreWatch({ path, ownership, health: get(tokens.STORE_HEALTH), clock, log: log('store') });
  });
  register(tokens.CHECKPOINTER, (get) => {
    const sqlite = get(tokens.DATABASE).db.$client;
    return new Checkpointer({ sqlite, clock, log: log('store') });
  });
  register(tokens.EVENT_LOG, (get) => createEventLog(get(tokens.DATABASE)));
  register(tokens.QUERY_RUNNER, (get) =>
    openQueryRunner(get(tokens.DATABASE), { clock, log: log('history') }),
  );
  register(tokens.HISTORY, (get) => createHistory(get(tokens.QUERY_RUNNER).run));
  register(tokens.AUDIT_LOG, (get) => createAuditLog(get(tokens.DATABASE).db, get(tokens.STORE_HEALTH)));
  register(tokens.STATE_STORE, (get) => createStateStore(get(tokens.DATABASE).db, get(tokens.STORE_HEALTH)));
}

function registerCalls(register: Register, { config, clock, ids, log }: Environment): void {
  register(tokens.CALL_REGISTRY, (get) => new CallRegistry({ ledger: get(tokens.LEDGER) }));
  register(
    tokens.INGEST,
    (get) =>
      new Ingest({
        registry: get(tokens.CALL_REGISTRY),
        ledger: get(tokens.LEDGER),
        feed: get(tokens.RECORD_HUB),
        partials: get(tokens.LATEST_PARTIALS),
        openCommands: get(tokens.OPEN_COMMANDS),
        ids,
        clock,
        log: log('ingest'),
        pending: { events: config.limits.pendingEvents, bytes: config.limits.pendingBytes },
      }),
  );
  register(
    tokens.ANNOTATION_SERVICE,
    (get) => new AnnotationService({ ingest: get(tokens.INGEST), ids, clock }),
  );
  register(
    tokens.ERASURE,
    (get) =>
      new Erasure({
        ingest: get(tokens.INGEST),
        ledger: get(tokens.LEDGER),
        registry: get(tokens.CALL_REGISTRY),
        feed: get(tokens.RECORD_HUB),
        partials: get(tokens.LATEST_PARTIALS),
        openCommands: get(tokens.OPEN_COMMANDS),
        recordings: get(tokens.RECORDING_SERVICE),
        waveforms: get(tokens.WAVEFORMS),
        audit: get(tokens.AUDIT_LOG),
        auditMs: config.storage.auditDays * DAY_MS,
        clock,
        log: log('erasure'),
      }),
  );
}

function registerLive(register: Register, { clock, ids }: Environment): void {
  register(tokens.RECORD_HUB, (get) => new RecordHub(get(tokens.EVENT_LOG).latest()));
  register(tokens.LATEST_PARTIALS, () => new LatestPartials({ ids }));
  register(tokens.DEMAND, () => new Demand());
  register(tokens.FEEDS, (get) =>
    createFeeds({
      hub: get(tokens.RECORD_HUB),
      log: get(tokens.EVENT_LOG),
      registry: get(tokens.CALL_REGISTRY),
      partials: get(tokens.LATEST_PARTIALS),
      levels: get(tokens.LEVEL_METERS),
      demand: get(tokens.DEMAND),
      clock,
    }),
  );
}

function registerAudio(register: Register, { config, clock, ids, log }: Environment): void {
  const anchors = new CallAnchors(clock);
  register(tokens.LEVEL_METERS, () => new LevelMeters({ clock }));
  register(
    tokens.CALL_AUDIO_REGISTRY,
    (get) => new CallAudioRegistry({ demand: get(tokens.DEMAND), anchors, clock }),
  );
  register(
    tokens.WAVEFORMS,
    (get) =>
      new Waveforms({
        store: createWaveformStore(get(tokens.DATABASE).db, get(tokens.STORE_HEALTH)),
        clock,
        log: log('waveforms'),
        isKept: config.recording.waveform,
      }),
  );
  register(
    tokens.STREAMS,
    (get) =>
      new Streams({
        ingest: get(tokens.INGEST),
        demand: get(tokens.DEMAND),
        levels: get(tokens.LEVEL_METERS),
        audio: get(tokens.CALL_AUDIO_REGISTRY),
        waveforms: get(tokens.WAVEFORMS),
        anchors,
        ids,
        clock,
      }),
  );
}

function registerRecordingAndListening(register: Register, { config, clock, ids, log }: Environment): void {
  register(
    tokens.MEDIA_LINKS,
    (get) =>
      new MediaLinks({
        key: secretOf(get(tokens.DATABASE).db, 'media_link_key', get(tokens.STORE_HEALTH)),
        tokens: config.auth.tokens,
        maxSeconds: config.limits.mediaLinkSeconds,
        clock,
      }),
  );
  register(
    tokens.RECORDING_SERVICE,
    (get) =>
      new RecordingService({
        audio: get(tokens.CALL_AUDIO_REGISTRY),
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
  register(
    tokens.LISTENING_SERVICE,
    (get) =>
      new ListeningService({
        audio: get(tokens.CALL_AUDIO_REGISTRY),
        feeds: get(tokens.FEEDS),
        registry: get(tokens.CALL_REGISTRY),
        ingest: get(tokens.INGEST),
        ids,
        clock,
        log: log('listening'),
      }),
  );
}

function registerPlugins(register: Register, environment: Environment): void {
  const { config, baseDir, clock, log, publicUrl } = environment;
  const { socketMessageBytes, eventsPerSecond, liveCalls: maxLiveCalls } = config.limits;
  const addressGuard = new AddressGuard(config.outgoing);
  register(
    tokens.PROVIDERS,
    (get) =>
      new ProviderRegistry({
        config: config.providers,
        baseDir,
        ingest: get(tokens.INGEST),
        registry: get(tokens.CALL_REGISTRY),
        streams: get(tokens.STREAMS),
        demand: get(tokens.DEMAND),
        stateStore: get(tokens.STATE_STORE),
        clock,
        log: (id) => log(`provider ${id}`),
        publicUrl,
        isExposed: isExposed(config.server),
        socketMessageBytes,
        addressGuard,
        eventsPerSecond,
        maxLiveCalls,
        random: Math.random,
        liveCalls: (id) => get(tokens.CALL_REGISTRY).live(id),
      }),
  );
  register(
    tokens.TRANSCRIBERS,
    (get) =>
      new TranscriberRegistry({
        config: config.transcribers,
        baseDir,
        stateStore: get(tokens.STATE_STORE),
        clock,
        log: (id) => log(`transcriber ${id}`),
        socketMessageBytes,
        addressGuard,
        random: Math.random,
      }),
  );
}

function registerTranscription(register: Register, { config, clock, ids, log }: Environment): void {
  register(
    tokens.TRANSCRIPTION_SERVICE,
    (get) =>
      new TranscriptionService({
        transcribers: get(tokens.TRANSCRIBERS),
        providers: get(tokens.PROVIDERS),
        settingOf: (id) => config.providers[id]?.transcribe ?? 'off',
        audio: get(tokens.CALL_AUDIO_REGISTRY),
        feeds: get(tokens.FEEDS),
        registry: get(tokens.CALL_REGISTRY),
        ingest: get(tokens.INGEST),
        partials: get(tokens.LATEST_PARTIALS),
        ids,
        clock,
        log: log('transcription'),
      }),
  );
  register(
    tokens.UTTERANCE_SERVICE,
    (get) =>
      new UtteranceService({
        ingest: get(tokens.INGEST),
        ledger: get(tokens.LEDGER),
        partials: get(tokens.LATEST_PARTIALS),
        ids,
        clock,
      }),
  );
}

function registerCommandsAndBackfill(register: Register, { config, clock, ids, log }: Environment): void {
  register(tokens.OPEN_COMMANDS, () => new OpenCommands());
  register(
    tokens.COMMAND_SERVICE,
    (get) =>
      new CommandService({
        registry: get(tokens.CALL_REGISTRY),
        ledger: get(tokens.LEDGER),
        ingest: get(tokens.INGEST),
        openCommands: get(tokens.OPEN_COMMANDS),
        providers: get(tokens.PROVIDERS),
        countries: countriesOf(config),
        ids,
        clock,
      }),
  );
  register(
    tokens.BACKFILL_SERVICE,
    (get) =>
      new BackfillService({
        providers: get(tokens.PROVIDERS),
        ingest: get(tokens.INGEST),
        stateStore: get(tokens.STATE_STORE),
        audit: get(tokens.AUDIT_LOG),
        clock,
        log: log('backfill'),
      }),
  );
}

function registerGraphql(register: Register, { config, clock, publicUrl }: Environment): void {
  register(tokens.SCHEMA, (get) =>
    createSchema({
      registry: get(tokens.CALL_REGISTRY),
      history: get(tokens.HISTORY),
      eventLog: get(tokens.EVENT_LOG),
      feeds: get(tokens.FEEDS),
      cursors: createCursors(get(tokens.EVENT_LOG)),
      commands: get(tokens.COMMAND_SERVICE),
      annotations: get(tokens.ANNOTATION_SERVICE),
      utterances: get(tokens.UTTERANCE_SERVICE),
      erasure: get(tokens.ERASURE),
      backfills: get(tokens.BACKFILL_SERVICE),
      providers: get(tokens.PROVIDERS),
      transcribers: get(tokens.TRANSCRIBERS),
      transcription: get(tokens.TRANSCRIPTION_SERVICE),
      levels: get(tokens.LEVEL_METERS),
      waveforms: get(tokens.WAVEFORMS),
      recordings: get(tokens.RECORDING_SERVICE),
      links: get(tokens.MEDIA_LINKS),
      urlOf: (path) => new URL(path, publicUrl()),
      now: () => clock.now(),
      countries: countriesOf(config),
      pageSize: config.limits.pageSize,
    }),
  );
}

/** Returns the limits of connections, or lower ones if the operating system does not permit as many open files. */
function connectionLimits(server: Config['server'], log: Logger): ReturnType<typeof permittedConnections> {
  const openFiles = openFileLimit();
  const limits = permittedConnections(server, openFiles);
  if (limits.maxConnections < server.maxConnections)
    log.warn('the limit of open files is too low for server.maxConnections, using a lower one', {
      openFiles,
      ...limits,
    });
  return limits;
}

function registerDeliveries(register: Register, { config, clock, log }: Environment): void {
  register(tokens.DELIVERY_BUDGET, () => {
    const endings = new LogSampler({ log: log('graphql'), clock });
    const limit = 'limits.subscriptionCostPerSecond';
    return new DeliveryBudget({
      clock,
      costPerSecond: config.limits.subscriptionCostPerSecond,
      onEnd: (client) =>
        endings.warn('end', 'subscription ended: its client exceeds the limit', {
          client,
          limit,
          code: 'LIMIT_SUBSCRIPTION_COST',
        }),
    });
  });
}

function registerOperator(register: Register, environment: Environment): void {
  register(
    tokens.READINESS,
    (get) =>
      new Readiness({
        hasStarted: environment.isReady,
        storeFailure: () => get(tokens.STORE_HEALTH).failure,
        providers: () => get(tokens.PROVIDERS).list(),
        transcribers: () => get(tokens.TRANSCRIBERS).list(),
      }),
  );
}

function createGate({ auth, server }: Config): Gate {
  return new Gate({
    tokens: auth.tokens,
    origins: server.cors.origins,
    trustedProxies: server.trustedProxies,
    isUnverified: auth.unverified,
    hostNames: [server.host, ...(server.publicUrl ? [server.publicUrl.hostname] : [])],
  });
}

function registerHttp(register: Register, environment: Environment): void {
  const { config, clock, ids, log, publicUrl } = environment;
  const { limits, server } = config;
  const gate = createGate(config);
  register(tokens.GATE, () => gate);
  const newId = (): string => ids.command().slice(-12);
  const addressOf = (request: Pick<IncomingMessage, 'headers' | 'socket'>): string => gate.addressOf(request);
  const networkOf = (request: IncomingMessage): string => gate.networkOf(request);
  const bodies = new RequestBodies({ clock, ...limits, addressOf: networkOf });
  const graphiql = createGraphiql();
  const mediaAccess = (get: Get): MediaAccess => createMediaAccess({ gate, links: get(tokens.MEDIA_LINKS) });
  register(tokens.OUTPUT_LEDGER, () => new OutputLedger(limits));
  registerSignIns(register, environment, addressOf);
  register(
    tokens.PENDING_SOCKETS,
    () =>
      new PendingClients({
        total: limits.pendingSockets,
        perNetwork: Math.floor(limits.pendingSockets * PENDING_SHARE),
      }),
  );
  register(
    tokens.CONNECTIONS,
    (get) =>
      new Connections({
        ...connectionLimits(server, log('http')),
        ledger: get(tokens.OUTPUT_LEDGER),
        isTrustedProxy: (address) => gate.isTrustedProxy(address),
        clock,
        log: log('http'),
      }),
  );
  register(tokens.HTTP_SERVER, (get) =>
    createHttpServer({
      gate,
      dashboard: createDashboard(),
      graphiql,
      graphql: createGraphqlEndpoint({
        ...limits,
        bodies,
        schema: limitResponses(
          limitSubscriptions(get(tokens.SCHEMA), {
            slots: new ClientSlots(limits.subscriptionsPerClient),
            budget: get(tokens.DELIVERY_BUDGET),
            pageSize: limits.pageSize,
          }),
          limits.responseBytes,
        ),
        gate,
        graphiql,
        limits: createQueryLimits(limits),
        connections: new ClientSlots(limits.connections),
        pending: get(tokens.PENDING_SOCKETS),
        outputs: get(tokens.CONNECTIONS),
        rejections: get(tokens.REJECTIONS),
        log: log('graphql'),
        newId,
      }),
      control: createControlEndpoint({
        gate,
        commands: get(tokens.COMMAND_SERVICE),
        log: log('control'),
        newId,
        requestBytes: limits.requestBytes,
        bodies,
        rejections: get(tokens.REJECTIONS),
      }),
      ingress: createIngressEndpoint({
        providers: get(tokens.PROVIDERS),
        ingest: get(tokens.INGEST),
        clock,
        log: log('ingress'),
        webhookBytes: limits.webhookBytes,
        bodies,
        addressOf,
        rejections: get(tokens.REJECTIONS),
        socketMessageBytes: limits.socketMessageBytes,
        requestedUrl: (original) => new URL(publicUrl().origin + basePathOf(server.publicUrl) + original),
      }),
      listen: createListenEndpoint({
        listening: get(tokens.LISTENING_SERVICE),
        access: mediaAccess(get),
        rejections: get(tokens.REJECTIONS),
        log: log('listening'),
        outputs: get(tokens.CONNECTIONS),
        gate,
      }),
      recording: createRecordingEndpoint({
        recordings: get(tokens.RECORDING_SERVICE),
        gate,
        access: mediaAccess(get),
        onDownload: (callId, { viewer, isByLink }) =>
          retryWhileBusy(clock, () =>
            get(tokens.AUDIT_LOG).append({
              at: clock.now(),
              by: viewer.name,
              action: isByLink ? 'DOWNLOAD_BY_LINK' : 'DOWNLOAD_RECORDING',
              callId,
            }),
          ),
        outputs: get(tokens.CONNECTIONS),
        rejections: get(tokens.REJECTIONS),
        log: log('recording'),
      }),
      connections: get(tokens.CONNECTIONS),
      rejections: get(tokens.REJECTIONS),
      readiness: createReadinessEndpoint({
        readiness: get(tokens.READINESS),
        gate,
        rejections: get(tokens.REJECTIONS),
      }),
      keepAliveMs: server.keepAliveSeconds * 1000,
      basePath: basePathOf(server.publicUrl),
      log: log('http'),
    }),
  );
}

function registerSignIns(
  register: Register,
  { config, clock, log }: Environment,
  addressOf: (sender: Pick<IncomingMessage, 'headers' | 'socket'>) => string,
): void {
  register(
    tokens.SIGN_IN_AUDIT,
    (get) => new SignInAudit({ audit: get(tokens.AUDIT_LOG), clock, log: log('audit') }),
  );
  register(tokens.FAILED_SIGN_INS, (get) => {
    const signIns = new FailedSignIns({ ...config.limits, clock });
    const audit = get(tokens.SIGN_IN_AUDIT);
    signIns.onFailures((report) => audit.observe(report));
    return signIns;
  });
  register(
    tokens.REJECTIONS,
    (get) => new Rejections({ signIns: get(tokens.FAILED_SIGN_INS), addressOf, clock, log: log('http') }),
  );
}
