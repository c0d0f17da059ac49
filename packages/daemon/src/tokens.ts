/** The names of the daemon's parts, each with its type: a wrong part does not compile at either end. */
import type { GraphQLSchema } from 'graphql';
import type { InjectionToken } from 'tsyringe';
import type { Backfills } from './app/backfill.ts';
import type { CallBook } from './app/call-book.ts';
import type { Commands } from './app/commands.ts';
import type { Ingest } from './app/ingest.ts';
import type { OpenCommands } from './app/open-commands.ts';
import type { CallLedger, EventLog, History, LiveFeeds, StateStore } from './app/ports.ts';
import type { LevelBoard } from './audio/level-board.ts';
import type { Streams } from './audio/streams.ts';
import type { HttpServer } from './http/server.ts';
import type { Interest } from './hub/interest.ts';
import type { PartialSlots } from './hub/partial-slots.ts';
import type { RecordHub } from './hub/record-hub.ts';
import type { ProviderRegistry } from './plugins/registry.ts';
import type { Database } from './store/database.ts';

const token = <Part>(name: string): InjectionToken<Part> => Symbol(name);

export const DATABASE = token<Database>('database');
export const LEDGER = token<CallLedger>('ledger');
export const EVENT_LOG = token<EventLog>('event log');
export const HISTORY = token<History>('history');
export const STATE_STORE = token<StateStore>('state store');
export const RECORD_HUB = token<RecordHub>('record hub');
export const PARTIAL_SLOTS = token<PartialSlots>('partial slots');
export const INTEREST = token<Interest>('interest');
export const LEVEL_BOARD = token<LevelBoard>('level board');
export const FEEDS = token<LiveFeeds>('feeds');
export const CALL_BOOK = token<CallBook>('call book');
export const OPEN_COMMANDS = token<OpenCommands>('open commands');
export const INGEST = token<Ingest>('ingest');
export const STREAMS = token<Streams>('streams');
export const PROVIDERS = token<ProviderRegistry>('providers');
export const COMMANDS = token<Commands>('commands');
export const BACKFILLS = token<Backfills>('backfills');
export const SCHEMA = token<GraphQLSchema>('schema');
export const HTTP_SERVER = token<HttpServer>('http server');
