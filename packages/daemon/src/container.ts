/**
 * Every part of the daemon and what it is made of, in one place. Fresh for each daemon, so that two in one process
 * (in tests) share nothing.
 */
import 'reflect-metadata';
import { container, instanceCachingFactory, type DependencyContainer, type InjectionToken } from 'tsyringe';
import type { Clock, IdSource, Logger } from '@sidetone/core';
import { Backfills } from './app/backfill.ts';
import { CallBook } from './app/call-book.ts';
import { Commands } from './app/commands.ts';
import { createCursors } from './app/cursor.ts';
import { Ingest } from './app/ingest.ts';
import { OpenCommands } from './app/open-commands.ts';
import { LevelBoard } from './audio/level-board.ts';
import { Streams } from './audio/streams.ts';
import type { Config } from './config/schema.ts';
import { createSchema } from './graphql/schema.ts';
import { createGraphqlEndpoint } from './http/graphql-endpoint.ts';
import { createIngressEndpoint } from './http/ingress.ts';
import { createHttpServer } from './http/server.ts';
import { createFeeds } from './hub/feeds.ts';
import { Interest } from './hub/interest.ts';
import { PartialSlots } from './hub/partial-slots.ts';
import { RecordHub } from './hub/record-hub.ts';
import { ProviderRegistry } from './plugins/registry.ts';
import { openDatabase } from './store/database.ts';
import { createEventLog } from './store/event-log.ts';
import { createHistory } from './store/history.ts';
import { createLedger } from './store/ledger.ts';
import { createStateStore } from './store/plugin-state.ts';
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
  part(tokens.HISTORY, (get) => createHistory(get(tokens.DATABASE).db));
  part(tokens.STATE_STORE, (get) => createStateStore(get(tokens.DATABASE).db));

  part(tokens.RECORD_HUB, (get) => new RecordHub(get(tokens.EVENT_LOG).latest()));
  part(tokens.PARTIAL_SLOTS, () => new PartialSlots({ ids }));
  part(tokens.INTEREST, () => new Interest());
  part(tokens.LEVEL_BOARD, () => new LevelBoard({ clock }));
  part(tokens.FEEDS, (get) =>
    createFeeds({
      hub: get(tokens.RECORD_HUB),
      log: get(tokens.EVENT_LOG),
      partials: get(tokens.PARTIAL_SLOTS),
      levels: get(tokens.LEVEL_BOARD),
      interest: get(tokens.INTEREST),
      clock,
    }),
  );

  part(tokens.OPEN_COMMANDS, () => new OpenCommands());
  part(tokens.CALL_BOOK, (get) => new CallBook({ ledger: get(tokens.LEDGER) }));
  part(
    tokens.INGEST,
    (get) =>
      new Ingest({
        book: get(tokens.CALL_BOOK),
        ledger: get(tokens.LEDGER),
        feed: get(tokens.RECORD_HUB),
        partials: get(tokens.PARTIAL_SLOTS),
        openCommands: get(tokens.OPEN_COMMANDS),
        ids,
        clock,
        log: log('ingest'),
        pendingFacts: limits.pendingFacts,
      }),
  );
  part(
    tokens.STREAMS,
    (get) =>
      new Streams({
        ingest: get(tokens.INGEST),
        interest: get(tokens.INTEREST),
        levels: get(tokens.LEVEL_BOARD),
        ids,
        clock,
      }),
  );
  part(
    tokens.PROVIDERS,
    (get) =>
      new ProviderRegistry({
        config: config.providers,
        baseDir: around.baseDir,
        ingest: get(tokens.INGEST),
        book: get(tokens.CALL_BOOK),
        streams: get(tokens.STREAMS),
        interest: get(tokens.INTEREST),
        stateStore: get(tokens.STATE_STORE),
        clock,
        log: (id) => log(`provider ${id}`),
        publicUrl: around.publicUrl,
        socketMessageBytes: limits.socketMessageBytes,
        liveCalls: (id) => get(tokens.CALL_BOOK).live(id),
      }),
  );
  part(
    tokens.COMMANDS,
    (get) =>
      new Commands({
        book: get(tokens.CALL_BOOK),
        ingest: get(tokens.INGEST),
        openCommands: get(tokens.OPEN_COMMANDS),
        providers: get(tokens.PROVIDERS),
        ids,
        clock,
      }),
  );

  part(
    tokens.BACKFILLS,
    (get) =>
      new Backfills({
        providers: get(tokens.PROVIDERS),
        ingest: get(tokens.INGEST),
        stateStore: get(tokens.STATE_STORE),
        clock,
        log: log('backfill'),
      }),
  );

  part(tokens.SCHEMA, (get) =>
    createSchema({
      book: get(tokens.CALL_BOOK),
      history: get(tokens.HISTORY),
      eventLog: get(tokens.EVENT_LOG),
      feeds: get(tokens.FEEDS),
      cursors: createCursors(get(tokens.EVENT_LOG)),
      commands: get(tokens.COMMANDS),
      backfills: get(tokens.BACKFILLS),
      providers: get(tokens.PROVIDERS),
      levels: get(tokens.LEVEL_BOARD),
      now: () => clock.now(),
      pageSize: limits.pageSize,
    }),
  );
  part(tokens.HTTP_SERVER, (get) =>
    createHttpServer({
      graphql: createGraphqlEndpoint({
        schema: get(tokens.SCHEMA),
        log: log('graphql'),
        newId: () => ids.command().slice(-12),
        socketMessageBytes: limits.socketMessageBytes,
      }),
      ingress: createIngressEndpoint({
        providers: get(tokens.PROVIDERS),
        ingest: get(tokens.INGEST),
        clock,
        log: log('ingress'),
        webhookBytes: limits.webhookBytes,
        socketMessageBytes: limits.socketMessageBytes,
      }),
      isReady: around.isReady,
      requestBytes: limits.requestBytes,
      log: log('http'),
    }),
  );
  return parts;
}
