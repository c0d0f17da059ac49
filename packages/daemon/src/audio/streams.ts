/**
 * The media streams of all calls. A stream's start and end are facts; its audio is counted, and metered only while
 * someone wants levels.
 */
import {
  decodeMulaw,
  decodePcm16le,
  type CallId,
  type Clock,
  type IdSource,
  type MediaStream,
  type MediaStreamOptions,
  type Party,
  type StreamId,
} from '@sidetone/core';
import type { Ingest } from '../app/ingest.ts';
import type { Wants } from '../app/ports.ts';
import type { LevelBoard } from './level-board.ts';

export interface StreamsDeps {
  readonly ingest: Pick<Ingest, 'record'>;
  readonly interest: Wants;
  readonly levels: LevelBoard;
  readonly ids: Pick<IdSource, 'stream'>;
  readonly clock: Clock;
}

const DECODERS = { pcm_s16le: decodePcm16le, mulaw: decodeMulaw } as const;

export class Streams {
  readonly #deps: StreamsDeps;
  readonly #open = new Map<StreamId, OpenStream>();

  constructor(deps: StreamsDeps) {
    this.#deps = deps;
  }

  /** Streams that are open now. */
  get size(): number {
    return this.#open.size;
  }

  open(callId: CallId, options: MediaStreamOptions): MediaStream {
    const stream = new OpenStream(this.#deps.ids.stream(), callId, options, this.#deps, () =>
      this.#forget(stream),
    );
    this.#open.set(stream.id, stream);
    return stream;
  }

  #forget(ended: OpenStream): void {
    this.#open.delete(ended.id);
    const isHeard = [...this.#open.values()].some((stream) => stream.callId === ended.callId);
    if (!isHeard) this.#deps.levels.remove(ended.callId);
  }

  /** Ends what plugins left open. */
  close(): void {
    for (const stream of this.#open.values()) stream.end('daemon stopped');
  }
}

class OpenStream implements MediaStream {
  readonly id: StreamId;
  readonly callId: CallId;
  readonly #options: MediaStreamOptions;
  readonly #deps: StreamsDeps;
  readonly #onEnd: () => void;
  #frames = 0;
  #bytes = 0;
  #missingFrames = 0;
  #isEnded = false;

  constructor(
    id: StreamId,
    callId: CallId,
    options: MediaStreamOptions,
    deps: StreamsDeps,
    onEnd: () => void,
  ) {
    this.id = id;
    this.callId = callId;
    this.#options = options;
    this.#deps = deps;
    this.#onEnd = onEnd;
    const { providerStreamId, encoding, sampleRate, parties } = options;
    deps.ingest.record(callId, {
      type: 'STREAM_STARTED',
      stream: {
        id,
        encoding,
        sampleRate,
        parties,
        ...(providerStreamId !== undefined && { providerStreamId }),
      },
    });
  }

  write(party: Party | 'INTERLEAVED', bytes: Uint8Array): void {
    if (this.#isEnded) return;
    this.#frames++;
    this.#bytes += bytes.length;
    if (this.#deps.interest.wants('levels', this.callId)) this.#meter(party, bytes);
  }

  gap(_party: Party, _durationMs: number, frames: number): void {
    this.#missingFrames += frames;
  }

  end(reason: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const counters = { frames: this.#frames, bytes: this.#bytes, missingFrames: this.#missingFrames };
    this.#deps.ingest.record(this.callId, { type: 'STREAM_STOPPED', streamId: this.id, reason, counters });
    this.#onEnd();
  }

  #meter(party: Party | 'INTERLEAVED', bytes: Uint8Array): void {
    const { encoding, sampleRate, parties } = this.#options;
    const samples = DECODERS[encoding](bytes);
    const now = this.#deps.clock.now();
    const metered = party === 'INTERLEAVED' ? parties : [party];
    metered.forEach((each, channel) => {
      this.#deps.levels.meter(this.callId, each, sampleRate).push(samples, now, channel, metered.length);
    });
  }
}
