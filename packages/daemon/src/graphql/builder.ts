/** The schema builder, the TypeScript types of its scalars, and the dependencies of the resolvers. */
import SchemaBuilder from '@pothos/core';
import type { TokenRegistry } from '../access/tokens/token-registry.ts';
import type { MediaLinks } from '../access/media-links.ts';
import type { CallServices } from '../mutations/here.ts';
import type { RecordingSpace } from '../calls/retention/recording-space.ts';
import type { Retention } from '../calls/retention/retention.ts';
import type { NumberErasure } from '../calls/number-erasure.ts';
import type { BackfillService } from '../backfill/backfill-service.ts';
import type { ShownCalls } from '../calls/ports.ts';
import type { CommandService } from '../commands/command-service.ts';
import type { Countries } from '../calls/numbers/countries.ts';
import type { Cursors } from '../calls/cursor.ts';
import type { Erasure } from '../calls/erasure.ts';
import type { History } from '../history/ports.ts';
import type { CallViewers } from '../live/call-viewers.ts';
import type { LevelSource, LiveFeeds } from '../live/ports.ts';
import type { ListeningService } from '../listening/listening-service.ts';
import type { ProviderDirectory, TranscriberDirectory } from '../plugins/ports.ts';
import type { RecordingArchive } from '../recording/ports.ts';
import type { WaveformSource } from '../audio/ports.ts';
import type { Context } from './context.ts';

export interface SchemaDeps {
  readonly calls: ShownCalls;
  readonly history: History;
  /** Returns the newest position that subscriptions have received. */
  readonly latestPosition: () => number;
  readonly feeds: LiveFeeds;
  readonly cursors: Cursors;
  readonly commands: CallServices['commands'];
  readonly placing: Pick<CommandService, 'place'>;
  readonly annotations: CallServices['annotations'];
  readonly holds: CallServices['holds'];
  readonly numberErasure: Pick<NumberErasure, 'erase'>;
  readonly capture: CallServices['capture'];
  readonly retention: Pick<Retention, 'status'>;
  readonly recordingSpace: Pick<RecordingSpace, 'status'>;
  readonly utterances: CallServices['utterances'];
  readonly erasure: Erasure;
  readonly backfills: BackfillService;
  readonly providers: ProviderDirectory;
  readonly transcribers: TranscriberDirectory;
  readonly transcription: CallServices['transcription'];
  readonly levels: LevelSource;
  readonly listening: Pick<ListeningService, 'listenersOf'>;
  readonly viewers: Pick<CallViewers, 'viewersOf'>;
  readonly waveforms: WaveformSource;
  readonly recordings: Pick<RecordingArchive, 'find' | 'stored'>;
  readonly links: Pick<MediaLinks, 'sign'>;
  readonly accessTokens: Pick<TokenRegistry, 'list' | 'create' | 'revoke'>;
  /** Returns the URL of a path of the daemon, as clients see it. */
  readonly urlOf: (path: string) => URL;
  readonly now: () => number;
  /** The countries of national numbers. */
  readonly countries: Countries;
  /** `limits.pageSize`: the maximum number of nodes on a page. */
  readonly pageSize: number;
}

interface SchemaTypes {
  DefaultFieldNullability: false;
  Context: Context;
  Scalars: {
    ID: { Input: string; Output: string };
    /** Epoch ms in resolvers, ISO 8601 in documents. */
    DateTime: { Input: number; Output: number };
    /** A position of the event log in resolvers, an opaque string in documents. */
    Cursor: { Input: number; Output: number };
    JSON: { Input: unknown; Output: unknown };
  };
}

export type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;
export type Builder = PothosSchemaTypes.SchemaBuilder<Types>;

export function createBuilder(): Builder {
  return new SchemaBuilder<SchemaTypes>({ defaultFieldNullability: false });
}
