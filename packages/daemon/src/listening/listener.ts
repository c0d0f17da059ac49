/**
 * One client that listens to a call. Messages are buffered up to a limit while the socket is slow. Beyond it, the oldest audio
 * is dropped and its duration reported to the client; other listeners are not affected.
 */
import type { Clock } from '@sidetone/core';
import { FRAME_MS } from '../audio/frames.ts';

/** Most audio buffered for a listener, ms. */
export const MAX_BACKLOG_MS = 2000;
/** Most text messages buffered for a listener. */
export const MAX_WAITING_TEXTS = 200;
/** Most bytes handed to the socket but not yet to the network: a second of audio. */
export const MAX_UNSENT_BYTES = 64_000;
/** A socket that sends nothing for this long is terminated, ms. */
export const STALLED_MS = 30_000;

export interface ListenerSocket {
  /** Sends a message. `done` is called once the network has accepted it, or never will. */
  send(message: string | Uint8Array, done: () => void): void;
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
  /** Closes the connection without a handshake. */
  terminate(): void;
}

export class Listener {
  readonly #socket: ListenerSocket;
  readonly #clock: Clock;
  #texts: string[] = [];
  #frames: Uint8Array[] = [];
  #unsentBytes = 0;
  /** Audio dropped since the last `lost` message, and in total, ms. */
  #unreportedMs = 0;
  #droppedMs = 0;
  #closing: { readonly code: number; readonly reason: string } | undefined;
  #isClosed = false;
  #cancelTimeout: (() => void) | undefined;

  constructor(socket: ListenerSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  /** Audio that was not sent to this listener, ms. */
  get droppedMs(): number {
    return this.#droppedMs;
  }

  /** Sends a frame. The bytes are shared by all listeners and are not changed. */
  frame(bytes: Uint8Array): void {
    if (this.#isClosed || this.#closing) return;
    this.#frames.push(bytes);
    if (this.#frames.length * FRAME_MS > MAX_BACKLOG_MS) {
      this.#frames.shift();
      this.dropped(FRAME_MS);
    }
    this.#pump();
  }

  /** Reports missing audio to the client, before the next audio. */
  dropped(ms: number): void {
    this.#unreportedMs += ms;
    this.#droppedMs += ms;
  }

  text(message: object): void {
    if (this.#isClosed || this.#closing) return;
    this.#texts.push(JSON.stringify(message));
    if (this.#texts.length > MAX_WAITING_TEXTS) this.#texts.shift();
    this.#pump();
  }

  /** Sends all buffered messages, then `message`, and closes the socket. */
  end(message: object | undefined, code: number, reason: string): void {
    if (this.#isClosed || this.#closing) return;
    if (message) this.#texts.push(JSON.stringify(message));
    this.#closing = { code, reason };
    this.#pump();
  }

  /** Must be called when the socket is closed: nothing is sent after it. */
  closed(): void {
    this.#isClosed = true;
    this.#texts = [];
    this.#frames = [];
    this.#cancelTimeout?.();
  }

  #pump(): void {
    while (!this.#isClosed && this.#unsentBytes < MAX_UNSENT_BYTES) {
      const next = this.#next();
      if (next === undefined) break;
      this.#unsentBytes += next.length;
      this.#startTimeout();
      this.#socket.send(next, () => this.#sent(next.length));
    }
    this.#closeIfDone();
  }

  /** Text is sent before audio, except the last text, which follows the remaining audio. */
  #next(): string | Uint8Array | undefined {
    if (this.#closing && this.#frames.length > 0) return this.#nextAudio();
    return this.#texts.shift() ?? this.#nextAudio();
  }

  #nextAudio(): string | Uint8Array | undefined {
    if (this.#unreportedMs === 0 || this.#frames.length === 0) return this.#frames.shift();
    const message = JSON.stringify({ type: 'lost', ms: this.#unreportedMs });
    this.#unreportedMs = 0;
    return message;
  }

  #sent(bytes: number): void {
    this.#unsentBytes -= bytes;
    this.#cancelTimeout?.();
    this.#cancelTimeout = undefined;
    if (this.#isClosed) return;
    if (this.#unsentBytes > 0) this.#startTimeout();
    this.#pump();
  }

  #startTimeout(): void {
    this.#cancelTimeout ??= this.#clock.schedule(STALLED_MS, () => this.#socket.terminate());
  }

  #closeIfDone(): void {
    if (!this.#closing || this.#isClosed || this.#unsentBytes > 0) return;
    if (this.#texts.length + this.#frames.length > 0) return;
    const { code, reason } = this.#closing;
    this.closed();
    this.#socket.close(code, reason);
  }
}
