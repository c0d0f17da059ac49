/**
 * The files of recordings, named after their call: a WAV file, or a FLAC file that replaced it. While both exist, the WAV file is the
 * recording, so that a compression may be interrupted at any moment.
 */
import { createReadStream } from 'node:fs';
import { opendir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  encodeWavHeader,
  WAV_HEADER_BYTES,
  type CallId,
  type WavFormat,
  PCM_SAMPLE_BYTES,
} from '@sidetone/core';
import type { Codec } from './compression/codec-threads.ts';
import { openFlacFile, type FlacFile } from './compression/flac-file.ts';
import type { Recording, RecordingFile, RecordingFormat, StoredFile } from './ports.ts';
import { repairWavFile } from './wav-file.ts';

/** Suffix of a FLAC file that is not complete. */
const DRAFT = '.partial';
const NAME = /^([\w-]+)\.(wav|flac|flac\.partial)$/;
/** Names that are read at once. */
const NAMES_PER_READ = 256;

export interface FoundFile {
  readonly callId: CallId;
  readonly kind: RecordingFormat | 'DRAFT';
}

export class RecordingFiles {
  readonly folder: string;
  readonly #codec: Pick<Codec, 'decode'>;
  /** Sizes of the FLAC files that the last listing found. A file never changes. */
  #flacBytes: ReadonlyMap<CallId, number> = new Map();

  constructor(folder: string, codec: Pick<Codec, 'decode'>) {
    this.folder = folder;
    this.#codec = codec;
  }

  pathOf(callId: CallId, format: RecordingFormat): string {
    return join(this.folder, `${callId}.${format.toLowerCase()}`);
  }

  /** The path of a FLAC file that is not complete. */
  draftOf(callId: CallId): string {
    return this.pathOf(callId, 'FLAC') + DRAFT;
  }

  /** Returns undefined if no file exists. @throws {FaultError} RECORDING_UNREADABLE. */
  async open(recording: Recording): Promise<RecordingFile | undefined> {
    const { callId } = recording;
    const path = this.pathOf(callId, 'WAV');
    // In this order: the FLAC file exists before the WAV file is deleted.
    const wav = await stat(path).catch(() => undefined);
    if (!wav) {
      const flac = await this.#openFlac(callId);
      return flac && asFlac(recording, flac);
    }
    const bytes = Math.min(recording.bytes, Math.max(0, wav.size - WAV_HEADER_BYTES));
    return withHeader(recording, bytes, wav.mtimeMs, (from, to) => this.#samplesOf(callId, from, to));
  }

  /** Returns the file that is stored; undefined if none exists. */
  async stored(callId: CallId): Promise<StoredFile | undefined> {
    for (const format of ['WAV', 'FLAC'] as const) {
      const file = await stat(this.pathOf(callId, format)).catch(() => undefined);
      if (file) return { format, bytes: file.size };
    }
    return undefined;
  }

  /** Repairs the file of a crashed daemon, and returns its bytes of samples; 0 if no file exists. */
  async repair(callId: CallId, format: WavFormat): Promise<number> {
    const bytes = await repairWavFile(this.pathOf(callId, 'WAV'), format);
    if (bytes !== undefined) return bytes;
    // In a backup, the file can be newer than the database.
    const flac = await this.#openFlac(callId);
    return flac ? samplesBytes(flac) : 0;
  }

  /** Deletes all files of a recording. */
  async remove(callId: CallId): Promise<void> {
    for (const path of [this.pathOf(callId, 'WAV'), this.pathOf(callId, 'FLAC'), this.draftOf(callId)])
      await rm(path, { force: true });
  }

  /** Yields the files of the folder, in no order. */
  async *list(): AsyncGenerator<FoundFile> {
    let folder;
    try {
      folder = await opendir(this.folder, { bufferSize: NAMES_PER_READ });
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    for await (const { name } of folder) {
      const [, id, extension] = NAME.exec(name) ?? [];
      if (id === undefined || extension === undefined) continue;
      yield { callId: id as CallId, kind: KINDS[extension]! };
    }
  }

  /** Returns the sizes of all FLAC files that replaced their WAV file. */
  async flacBytes(): Promise<ReadonlyMap<CallId, number>> {
    const found = new Map<CallId, number>();
    for await (const { callId, kind } of this.list()) {
      if (kind !== 'FLAC') continue;
      const known = this.#flacBytes.get(callId);
      const bytes = known ?? (await stat(this.pathOf(callId, 'FLAC')).catch(() => undefined))?.size;
      if (bytes !== undefined) found.set(callId, bytes);
    }
    return (this.#flacBytes = found);
  }

  #openFlac(callId: CallId): Promise<FlacFile | undefined> {
    return openFlacFile(this.pathOf(callId, 'FLAC'), this.#codec);
  }

  /** Yields samples of the WAV file, or of the FLAC file that has replaced it since it was found. */
  async *#samplesOf(callId: CallId, from: number, to: number): AsyncGenerator<Uint8Array> {
    const range = { start: WAV_HEADER_BYTES + from, end: WAV_HEADER_BYTES + to - 1 };
    try {
      yield* createReadStream(this.pathOf(callId, 'WAV'), range) as AsyncIterable<Buffer>;
    } catch (error) {
      if (!isMissing(error)) throw error;
      // Nothing was sent: the file was missing when it was to be opened.
      const flac = await this.#openFlac(callId);
      if (!flac) throw new Error('the recording was deleted', { cause: error });
      yield* flac.samples(from, to);
    }
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

const KINDS: Readonly<Record<string, FoundFile['kind']>> = {
  wav: 'WAV',
  flac: 'FLAC',
  'flac.partial': 'DRAFT',
};

function asFlac(recording: Recording, flac: FlacFile): RecordingFile {
  const bytes = Math.min(recording.bytes, samplesBytes(flac));
  return {
    ...withHeader(recording, bytes, flac.changedAt, (from, to) => flac.samples(from, to)),
    flac: { bytes: flac.bytes, read: (from, to) => flac.read(from, to) },
  };
}

/** The header in a file may be some seconds old, so another one is sent. */
function withHeader(
  { channels, sampleRate }: WavFormat,
  bytes: number,
  changedAt: number,
  samples: (from: number, to: number) => AsyncIterable<Uint8Array>,
): RecordingFile {
  const format = { channels, sampleRate };
  const header = encodeWavHeader(format, bytes);
  async function* read(from: number, to: number): AsyncGenerator<Uint8Array> {
    if (from < header.length) yield header.subarray(from, to);
    if (to > header.length) yield* samples(Math.max(0, from - header.length), to - header.length);
  }
  return {
    format,
    bytes: header.length + bytes,
    changedAt,
    read: (from, to) => Readable.from(read(from, to), { objectMode: false }),
  };
}

const samplesBytes = ({ head: { frames, format } }: FlacFile): number =>
  frames * format.channels * PCM_SAMPLE_BYTES;
