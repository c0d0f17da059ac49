/**
 * The host: what the daemon provides to a plugin instance. Plugins reach everything outside themselves through it (time,
 * network, log, storage), so the testkit can replace all of it.
 */
import type { ProviderCallId, ProviderStreamId } from './ids.ts';
import type { ProviderEvent } from './provider-event.ts';
import type { Socket } from './socket.ts';
import type { Party } from './vocabulary.ts';

/** Time and timers. Timers do not keep the process alive, and are cancelled when the instance ends. */
export interface Clock {
  /** Returns the current time of the wall clock, in epoch ms. For timestamps only: it can be set back or forward. */
  now(): number;
  /**
   * Returns the monotonic time, in ms since an arbitrary origin. For durations, timeouts, rates and pacing: it is not affected
   * by changes of the wall clock. Values of different clocks or of different runs of the process are not comparable.
   */
  elapsed(): number;
  /** Runs `task` once after `delayMs`. Returns a function that cancels it. */
  schedule(delayMs: number, task: () => void): () => void;
  /** Resolves after `delayMs`, or when `signal` aborts: check the signal. Never rejects; stays pending if the instance ends. */
  delay(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/**
 * A structured log. Messages must not contain secrets, transcripts, telephone numbers or names. Personal data may be logged
 * in fields whose name ends in `.pii`, which are redacted unless the operator enables them.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
/** The fields of a log entry. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * A small key/value store of one plugin in the configuration. Values are at most 64 KiB and survive restarts. Writes reject
 * if a value is larger, or after the instance has ended.
 *
 * In a cluster, each node has an instance of the plugin, and all of them have the same state: see {@link PluginState.isShared}.
 */
export interface PluginState {
  /**
   * Whether other instances can change the state at the same time. What an instance has read is then a copy that may be old, and
   * what it has never read may exist. Otherwise only this instance writes, so reading once at the start is sufficient. Missing in
   * hosts of earlier versions, which share nothing.
   */
  readonly isShared?: boolean;
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Replaces the value of a key if it is `expected`, and returns whether it was; `undefined` means no value, for both. Of several
   * instances that do so at once with the same `expected`, one receives true: use it for what may happen once only. If it rejects,
   * the value may have been replaced. Missing in hosts of earlier versions; `compareAndSet` of plugin-kit works with all.
   */
  compareAndSet?(key: string, expected: string | undefined, value: string | undefined): Promise<boolean>;
  /** Returns all entries whose key starts with `prefix`, sorted by key. */
  list(prefix: string): Promise<readonly (readonly [key: string, value: string])[]>;
}

/** The encoding of audio: 16-bit little-endian PCM, or G.711 mu-law. */
export type AudioEncoding = 'pcm_s16le' | 'mulaw';

/** The format of a media stream. */
export interface MediaStreamOptions {
  readonly providerCallId: ProviderCallId;
  readonly providerStreamId?: ProviderStreamId;
  readonly encoding: AudioEncoding;
  /** Hz, from 4000 to 192,000. */
  readonly sampleRate: number;
  /** The parties whose audio the stream carries; for interleaved audio, in channel order. */
  readonly parties: readonly Party[];
}

/** Receives the audio of a call from a plugin, no matter which side opened the connection to the provider. */
export interface MediaStream {
  /**
   * Writes audio of one party, or of all parties if `party` is `INTERLEAVED` (sample by sample, in the order of `parties`).
   * `bytes` is read before the method returns, so it may be reused. `positionMs` is the position of the audio on the
   * stream's own timeline, if the provider reports it.
   *
   * Audio is written when it is heard, at most 0.7 s ahead. If the provider delivers it faster than it plays, as the voice of a
   * bot, the plugin keeps it in a queue and writes it in real time (`createPacedWriter` of plugin-kit). Frames for other
   * parties, of half a sample, or that are not bytes are counted and named in the state of the provider.
   */
  write(party: Party | 'INTERLEAVED', bytes: Uint8Array, positionMs?: number): void;
  /**
   * Counts a frame that arrived but is not written because there is no demand for it, with its size in bytes, so that the
   * frames and bytes of the stream are complete.
   */
  skip(bytes: number): void;
  /** Reports that `durationMs` of a party's audio was lost, in `frames` frames of the length that the provider sends. */
  gap(party: Party, durationMs: number, frames: number): void;
  /** Ends the stream, but not the call. Later calls have no effect, and later audio is dropped. */
  end(reason: string): void;
}

/** The kinds of live data that clients can request. A plugin skips the work for data without demand. */
export type DemandKind = 'levels' | 'partials' | 'audio';

/** Options of a WebSocket that the plugin opens. */
export interface DialOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborts the handshake. Its time limit is 10 s in any case. */
  readonly signal: AbortSignal;
  /** Size of the largest accepted message, in bytes. Default: `limits.socketMessageBytes`. */
  readonly maxMessageBytes?: number;
}

/**
 * Connections to addresses that a client or a document of the provider supplied. Only public addresses and the hosts in
 * `outgoing.allowedHosts` are connected to. Names are resolved once, and redirects are not followed.
 */
export interface GuardedAccess {
  /**
   * Sends a GET request.
   * @throws {FaultError} PROVIDER_UNREACHABLE for every failure, with the same message. The reason is logged.
   */
  fetch(url: URL, options: { readonly signal: AbortSignal }): Promise<Response>;
  /** Opens a WebSocket, like `PluginHost.dial`. @throws {FaultError} as `fetch`. */
  dial(url: URL, options: DialOptions): Promise<Socket>;
}

/**
 * The part of the host that is the same for all kinds of plugins. After the instance has ended, requests reject with
 * PROVIDER_NOT_RUNNING and timers no longer run.
 */
export interface PluginHost {
  /** The global `fetch`, with a timeout of 30 s if the caller passes no signal. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * Opens a WebSocket. The plugin closes it; the daemon closes sockets that are left when the instance ends.
   * @throws {FaultError} PROVIDER_REFUSED if the handshake is answered with another status, with `details.status` and, if
   * the response has a body, `details.body`: its first 4 KiB as text. PROVIDER_UNREACHABLE or PROVIDER_TIMEOUT if it is not
   * answered.
   */
  dial(url: URL, options: DialOptions): Promise<Socket>;
  /** Use it instead of `fetch` and `dial` for every address that is not in the options of the plugin. */
  readonly guarded: GuardedAccess;
  /**
   * Counts that a limit of the plugin was reached `count` times, 1 by default, for the metrics of the daemon. `limit` is the name of
   * an option or a constant: letters, `_` and `.`, at most 64 characters. Missing in hosts of earlier versions.
   */
  limitReached?(limit: string, count?: number): void;
  /** Returns an unguessable token of 256 bits, base64url encoded, for example for a URL that only one call may use. */
  randomToken(): string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly state: PluginState;
}

/** The host of a provider plugin. */
export interface ProviderHost extends PluginHost {
  /** Accepts an event. Never throws or blocks. Invalid events and events above the rate limit are dropped and counted. */
  emit(event: ProviderEvent): void;
  /** Opens a media stream of a call. The plugin ends it, at most 7 s after the end of the call; the daemon ends streams that are left when the instance ends. */
  openStream(options: MediaStreamOptions): MediaStream;
  /** Returns whether any client needs this data of the call now. Cheap enough to call for every frame. */
  hasDemand(kind: DemandKind, providerCallId: ProviderCallId): boolean;
  /** Calls the listener whenever the result of `hasDemand` may have changed for a call. Returns a function that stops it. */
  onDemandChange(listener: (providerCallId: ProviderCallId) => void): () => void;
  /**
   * Returns the public URL of a path of this instance's `ingress`. `path` has no leading slash. With `ws`, the scheme is that of
   * WebSockets: `wss:` where the other is `https:`.
   */
  publicUrl(path: string, scheme?: 'http' | 'ws'): URL;
  /**
   * Whether other machines can reach the daemon: `server.host` or `server.publicUrl` is not a loopback address. The plugin
   * must then verify what it receives, unless its options state otherwise; `requireVerification` of plugin-kit is this rule.
   */
  readonly isExposed: boolean;
  /**
   * The configured country of the provider's national numbers, as ISO 3166 code such as `IN`. Arguments of commands are
   * completed with it already; the plugin completes those in its options and in `providerOptions`.
   */
  readonly country?: string;
}
