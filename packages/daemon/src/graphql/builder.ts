/** The schema builder, with the scalars as TypeScript sees them, and what every module of the schema is given. */
import SchemaBuilder from '@pothos/core';
import type { UtteranceService } from '../transcription/utterance-service.ts';
import type { AnnotationService } from '../calls/annotation-service.ts';
import type { BackfillService } from '../backfill/backfill-service.ts';
import type { CallRegistry } from '../calls/call-registry.ts';
import type { CommandService } from '../commands/command-service.ts';
import type { Cursors } from '../calls/cursor.ts';
import type { Erasure } from '../calls/erasure.ts';
import type { TranscriptionService } from '../transcription/transcription-service.ts';
import type { EventLog } from '../calls/ports.ts';
import type { History } from '../history/ports.ts';
import type { LevelSource, LiveFeeds } from '../live/ports.ts';
import type { ProviderDirectory, TranscriberDirectory } from '../plugins/ports.ts';
import type { RecordingArchive } from '../recording/ports.ts';
import type { WaveformSource } from '../audio/ports.ts';
import type { Viewer } from '../access/viewer.ts';

/** What every resolver is told of the one who asks, over whichever transport. */
export interface Context {
  readonly viewer: Viewer;
  /** Whose connections and subscriptions are counted together: the viewer at its network address. */
  readonly client: string;
}

export interface SchemaDeps {
  readonly registry: CallRegistry;
  readonly history: History;
  readonly eventLog: EventLog;
  readonly feeds: LiveFeeds;
  readonly cursors: Cursors;
  readonly commands: CommandService;
  readonly annotations: AnnotationService;
  readonly utterances: UtteranceService;
  readonly erasure: Erasure;
  readonly backfills: BackfillService;
  readonly providers: ProviderDirectory;
  readonly transcribers: TranscriberDirectory;
  readonly transcribing: Pick<TranscriptionService, 'set'>;
  readonly levels: LevelSource;
  readonly waveforms: WaveformSource;
  readonly recordings: Pick<RecordingArchive, 'find'>;
  /** The daemon's address as clients see it, and a path on it. */
  readonly addressOf: (path: string) => URL;
  readonly now: () => number;
  /** Most nodes on a page; `limits.pageSize`. */
  readonly pageSize: number;
}

export interface SchemaTypes {
  DefaultFieldNullability: false;
  Context: Context;
  Scalars: {
    ID: { Input: string; Output: string };
    /** Epoch ms inside, ISO 8601 outside. */
    DateTime: { Input: number; Output: number };
    /** A position inside, an opaque text outside. */
    Cursor: { Input: number; Output: number };
    JSON: { Input: unknown; Output: unknown };
  };
}

export type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;
export type Builder = PothosSchemaTypes.SchemaBuilder<Types>;

export function createBuilder(): Builder {
  return new SchemaBuilder<SchemaTypes>({ defaultFieldNullability: false });
}
