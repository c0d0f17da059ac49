/**
 * One audio stream to the service for the duration of a call, with the audio of all parties or of one. It reconnects whenever its
 * socket is lost, and replays the audio that has no final result.
 */
import type { Party, Socket, TranscriberEvent, TranscriberHost, TranscriptionState } from '@sidetone/core';
import type { AudioBuffer } from './audio/audio-buffer.ts';
import { createChannels, type Channels } from './channels.ts';
import type { DeepgramOptions } from './config.ts';
import { CONNECTION_ERRORS, type ConnectionError } from './connection/connection-errors.ts';
import { createConnection, type Connection } from './connection/connection.ts';
import { dialService } from './connection/dial.ts';
import { createReconnectWait, type ReconnectWait } from './connection/reconnect-wait.ts';
import { replayStart } from './connection/replay.ts';

/** How long a connection with results must be open to reset the number of failures, ms. */
const STABLE_MS = 3000;
/** How long an open utterance waits for the next connection, ms. */
export const LOST_AFTER_MS = 5000;
/** How long the last results may take after the end of the call, ms. */
export const END_TIMEOUT_MS = 10_000;

const NORMAL = 1000;

interface SessionDeps {
  readonly host: Pick<TranscriberHost, 'dial' | 'clock' | 'log'>;
  /** The parties of the audio's channels, in order. */
  readonly parties: readonly Party[];
  readonly buffer: AudioBuffer;
  readonly options: Pick<DeepgramOptions, 'apiKey' | 'replay' | 'keyterms'>;
  readonly isFlux: boolean;
  /** Returns the URL to connect to. */
  readonly url: (withKeyterms: boolean) => URL;
  readonly emit: (event: TranscriberEvent) => void;
  readonly onState: (state: TranscriptionState, error?: ConnectionError) => void;
  /** Returns a number of at least 0 and below 1. */
  readonly random: () => number;
  /** Ends the session at once. */
  readonly signal: AbortSignal;
}

type Outcome = ConnectionError | 'complete' | 'aborted';

const nothing = (): void => undefined;

/** Connects at once, and lasts until it is ended, aborted, or fails permanently. */
export class Session {
  /** Resolves when everything is released. Never rejects. */
  readonly done: Promise<void>;
  readonly #deps: SessionDeps;
  readonly #channels: Channels;
  readonly #wait: ReconnectWait;
  readonly #counters = { dials: 0, disconnects: 0, skippedMs: 0 };
  /** Aborts at the end of the call: from then on there is no delay before a reconnect. */
  readonly #ending = new AbortController();
  readonly #endTimeout = new AbortController();
  /** Aborts when the session must not continue. */
  readonly #aborted: AbortSignal;
  #connection: Connection | undefined;
  #wasOpen = false;
  #withKeyterms: boolean;
  /** The first frame that was not sent before the last disconnect. */
  #unsentFrom = 0;
  #isDone = false;
  #cancelLost = nothing;
  #cancelEndTimeout = nothing;

  constructor(deps: SessionDeps) {
    const { host, parties, buffer, options, random, signal } = deps;
    this.#deps = deps;
    this.#withKeyterms = options.keyterms.length > 0;
    this.#aborted = AbortSignal.any([signal, this.#endTimeout.signal]);
    this.#channels = createChannels(parties, () => host.clock.elapsed(), deps.emit);
    this.#wait = createReconnectWait({
      clock: host.clock,
      buffer,
      random,
      ending: this.#ending.signal,
      aborted: this.#aborted,
    });
    this.done = this.#run().then((outcome) => this.#conclude(outcome));
  }

  /** Writes audio of a channel. */
  write(channel: number, bytes: Uint8Array, atMs: number): void {
    const { buffer } = this.#deps;
    buffer.write(channel, bytes, atMs);
    if (buffer.end > this.#unsentFrom) this.#wait.wake();
  }

  /** Ends the audio. Resolves when the last results were emitted, or after a timeout. */
  end(): Promise<void> {
    if (!this.#isEnding && !this.#isDone) {
      this.#deps.buffer.seal();
      this.#cancelEndTimeout = this.#deps.host.clock.schedule(END_TIMEOUT_MS, () => this.#endTimeout.abort());
      this.#ending.abort();
      this.#connection?.finish();
      this.#wait.wake();
    }
    return this.done;
  }

  get #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  /** The first frame without a final result. */
  get #wantedFrame(): number {
    return this.#wasOpen ? this.#deps.buffer.frameAt(this.#channels.replayFromMs) : 0;
  }

  get #isComplete(): boolean {
    return this.#isEnding && this.#wantedFrame >= this.#deps.buffer.end;
  }

  /** Connects until all results were received, the session is aborted, or an error is permanent. */
  async #run(): Promise<Outcome> {
    const { host, onState } = this.#deps;
    for (let failures = 0; !this.#isComplete && !this.#aborted.aborted;) {
      const dialled = await this.#dial();
      if (this.#aborted.aborted && 'send' in dialled) dialled.close(NORMAL);
      if (this.#aborted.aborted) break;
      const openedAt = host.clock.elapsed();
      const result = 'send' in dialled ? await this.#serve(dialled) : dialled;
      if (this.#aborted.aborted) break;
      if (!result) return 'complete';
      if ('send' in dialled) {
        if (this.#connection?.hasResults && host.clock.elapsed() - openedAt >= STABLE_MS) failures = 0;
        this.#disconnected();
      }
      const error = this.#withoutRejectedKeyterms(result);
      const isPermanent = CONNECTION_ERRORS[error.code].retry === 'never';
      // Only the code is logged: the reason is text of the service.
      host.log[isPermanent ? 'warn' : 'debug']('connection to Deepgram failed', { code: error.code });
      if (isPermanent) return error;
      onState(this.#wasOpen ? 'RECONNECTING' : 'CONNECTING', error);
      await this.#wait.wait(error.code, ++failures, this.#unsentFrom);
    }
    return this.#aborted.aborted ? 'aborted' : 'complete';
  }

  #dial(): Promise<Socket | ConnectionError> {
    const { host, url, options } = this.#deps;
    this.#counters.dials++;
    return dialService(host, url(this.#withKeyterms), options.apiKey, this.#aborted);
  }

  /** Serves a socket until it is closed. Resolves with the error, if there is one. */
  #serve(socket: Socket): Promise<ConnectionError | undefined> {
    const { host, buffer, isFlux, onState } = this.#deps;
    this.#cancelLost();
    const from = this.#startFrame();
    this.#wasOpen = true;
    onState('TRANSCRIBING');
    return new Promise((resolve) => {
      const close = (): void => this.#connection?.close();
      this.#aborted.addEventListener('abort', close);
      this.#connection = createConnection({
        clock: host.clock,
        socket,
        buffer,
        channels: this.#channels,
        from,
        isFlux,
        onSkip: (first, to) => this.#emitGap(first, to, 'the connection was too slow'),
        onClosed: (error) => {
          this.#aborted.removeEventListener('abort', close);
          resolve(error);
        },
      });
      if (this.#isEnding) this.#connection.finish();
    });
  }

  /** Returns the first frame for a new connection. Skips wanted audio before it. */
  #startFrame(): number {
    const { buffer, options } = this.#deps;
    const wanted = this.#wantedFrame;
    const from = replayStart(buffer, options.replay, wanted, this.#wasOpen);
    if (from > wanted) {
      this.#emitGap(wanted, from, 'received without a connection, and not buffered or not replayed');
      this.#channels.skip(Math.round(buffer.msAt(from)));
    }
    return from;
  }

  #disconnected(): void {
    this.#unsentFrom = this.#connection?.position ?? 0;
    this.#connection = undefined;
    this.#counters.disconnects++;
    this.#channels.disconnected();
    this.#cancelLost = this.#deps.host.clock.schedule(LOST_AFTER_MS, () => this.#channels.finish('lost'));
  }

  /** If the keyterms may be the reason for a rejection, makes the error temporary and retries without them. */
  #withoutRejectedKeyterms(error: ConnectionError): ConnectionError {
    if (error.code !== 'DEEPGRAM_BAD_REQUEST' || !this.#withKeyterms) return error;
    this.#withKeyterms = false;
    return { ...error, code: 'DEEPGRAM_KEYTERMS_REFUSED' };
  }

  /** Emits that audio will not be transcribed. */
  #emitGap(from: number, to: number, reason: string): void {
    const { buffer, emit } = this.#deps;
    const fromMs = Math.round(buffer.msAt(from));
    const toMs = Math.round(buffer.msAt(to));
    if (toMs <= fromMs) return;
    this.#counters.skippedMs += toMs - fromMs;
    emit({ type: 'gap', fromMs, toMs, reason });
  }

  /** Finishes the open utterances, and emits the rest of the audio as a gap. */
  #conclude(outcome: Outcome): void {
    const { buffer, host, onState } = this.#deps;
    const { lateBytes } = buffer;
    this.#isDone = true;
    this.#cancelLost();
    this.#cancelEndTimeout();
    host.log.debug('transcription ended', { ...this.#counters, ...this.#channels.counters, lateBytes });
    const hasFailed = typeof outcome === 'object';
    this.#channels.finish(hasFailed ? 'lost' : 'end');
    if (outcome !== 'complete') {
      this.#emitGap(buffer.frameAt(this.#channels.processedToMs), buffer.end, 'no connection accepted it');
    }
    if (hasFailed) onState('FAILED', outcome);
  }
}
