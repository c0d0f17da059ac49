/**
 * What the daemon gives a plugin: every impure thing that it may touch. The testkit fakes all of it.
 */
import type { ProviderCallId, ProviderStreamId } from './ids.ts';
import type { ProviderEvent } from './provider-event.ts';
import type { Socket } from './socket.ts';
import type { Party } from './vocabulary.ts';

/** Time, so that tests can hold it still. Timers do not keep the process alive. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Runs `task` once after `delayMs`; the function that comes back cancels it. */
  schedule(delayMs: number, task: () => void): () => void;
  /** Resolves after `delayMs`, or at once when `signal` aborts. Never rejects: look at the signal. */
  delay(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Structured log. No secret, no words said, no number and no name belongs into a message; under keys that end in
 * `.pii` they are kept out of the log unless the operator asks for them.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
/** What belongs to a line of the log, by name. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A small durable key/value store of the provider instance; at most 64 KiB a value. Survives restarts. */
export interface PluginState {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  /** All entries whose key begins with `prefix`, by key. */
  list(prefix: string): Promise<readonly (readonly [key: string, value: string])[]>;
}

/** How the audio of a stream is written down: 16-bit little-endian samples, or G.711 mu-law octets. */
export type AudioEncoding = 'pcm_s16le' | 'mulaw';

/** What a media stream is. */
export interface MediaStreamOptions {
  readonly providerCallId: ProviderCallId;
  readonly providerStreamId?: ProviderStreamId;
  readonly encoding: AudioEncoding;
  /** Hz. */
  readonly sampleRate: number;
  /** Who is heard, in channel order where channels are interleaved. */
  readonly parties: readonly Party[];
}

/** Audio on its way in. The stream is the same whether the provider dialled us or we dialled it. */
export interface MediaStream {
  /**
   * Takes audio of one party, or of all of them when `party` is `INTERLEAVED` (sample by sample, in the order of
   * `parties`). The bytes are read before it returns and may be reused.
   * `positionMs` is where the audio belongs on the stream's own time line, when the provider tells.
   */
  write(party: Party | 'INTERLEAVED', bytes: Uint8Array, positionMs?: number): void;
  /** Tells that `durationMs` of audio of a party never came. */
  gap(party: Party, durationMs: number, frames: number): void;
  /** Ends the stream, not the call. A second end is no news; a write after it is dropped. */
  end(reason: string): void;
}

/** Kinds of live data that clients may ask for; a plugin skips the work for data without demand. */
export type DemandKind = 'levels' | 'partials' | 'audio';

/** How a WebSocket is opened. */
export interface DialOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Largest message to accept, bytes; the daemon's limit when absent. */
  readonly maxMessageBytes?: number;
}

/** Everything outside an instance that it may touch. */
export interface ProviderHost {
  /** Takes an event. Never throws, never waits; what is not an event, or too much in a second, is counted and dropped. */
  emit(event: ProviderEvent): void;
  /** Opens a media stream of a call. The plugin ends it. */
  openStream(options: MediaStreamOptions): MediaStream;
  /** Returns whether any client needs this data of the call now. Cheap enough to call for every frame. */
  hasDemand(kind: DemandKind, providerCallId: ProviderCallId): boolean;
  /** Calls the listener whenever the result of `hasDemand` may have changed for a call. Returns a function that stops it. */
  onDemandChange(listener: (providerCallId: ProviderCallId) => void): () => void;
  /** The address under which the provider reaches this instance's `ingress`: `path` without a leading slash. */
  publicUrl(path: string): URL;
  /** Like the global `fetch`, with a deadline when the caller gives none. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * Opens a WebSocket.
   * @throws {FaultError} PROVIDER_REFUSED when the handshake is answered with a status, PROVIDER_UNREACHABLE or
   * PROVIDER_TIMEOUT when it is not answered.
   */
  dial(url: URL, options: DialOptions): Promise<Socket>;
  /** An unguessable token, 256 bits as base64url: for addresses that only one call may know. */
  randomToken(): string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly state: PluginState;
}
