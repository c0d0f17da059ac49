/**
 * One who hears a call live. What is sent waits here, up to a bound, while the socket takes nothing: then the oldest
 * audio is lost, the listener is told how much, and nobody else notices.
 */
import type { Clock } from '@sidetone/core';

/** Most audio that waits for a listener, ms. */
export const MAX_BACKLOG_MS = 2000;
/** Most text messages that wait for a listener. */
export const MAX_WAITING_TEXTS = 200;
/** What may be on its way in the socket at once, bytes: a second of audio. */
export const MAX_UNSENT_BYTES = 64_000;
/** A socket that takes nothing for so long is cut, ms. */
export const STALLED_MS = 30_000;

const FRAME_MS = 20;

/** The listener's socket. */
export interface ListenerOutlet {
  /** Hands a message on. `done` is called once the network has taken it, or never will. */
  send(message: string | Uint8Array, done: () => void): void;
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
  /** Ends the connection at once. */
  cut(): void;
}

export class Listener {
  readonly #outlet: ListenerOutlet;
  readonly #clock: Clock;
  #texts: string[] = [];
  #frames: Uint8Array[] = [];
  #unsent = 0;
  #lostMs = 0;
  #lostInAllMs = 0;
  #farewell: { readonly code: number; readonly reason: string } | undefined;
  #isClosed = false;
  #cancelStall: (() => void) | undefined;

  constructor(outlet: ListenerOutlet, clock: Clock) {
    this.#outlet = outlet;
    this.#clock = clock;
  }

  /** Audio that this listener was too slow for, ms. */
  get lostMs(): number {
    return this.#lostInAllMs;
  }

  /** Sends 20 ms of audio. The bytes are shared, and only read. */
  frame(bytes: Uint8Array): void {
    if (this.#isClosed || this.#farewell) return;
    this.#frames.push(bytes);
    if (this.#frames.length * FRAME_MS > MAX_BACKLOG_MS) {
      this.#frames.shift();
      this.lost(FRAME_MS);
    }
    this.#pump();
  }

  /** Tells the listener, before the next audio, that some will never come. */
  lost(ms: number): void {
    this.#lostMs += ms;
    this.#lostInAllMs += ms;
  }

  text(message: object): void {
    if (this.#isClosed || this.#farewell) return;
    this.#texts.push(JSON.stringify(message));
    if (this.#texts.length > MAX_WAITING_TEXTS) this.#texts.shift();
    this.#pump();
  }

  /** Sends what waits, then `message`, and closes. */
  end(message: object | undefined, code: number, reason: string): void {
    if (this.#isClosed || this.#farewell) return;
    if (message) this.#texts.push(JSON.stringify(message));
    this.#farewell = { code, reason };
    this.#pump();
  }

  /** The socket is closed: nothing is sent any longer. */
  closed(): void {
    this.#isClosed = true;
    this.#texts = [];
    this.#frames = [];
    this.#cancelStall?.();
  }

  #pump(): void {
    while (!this.#isClosed && this.#unsent < MAX_UNSENT_BYTES) {
      const next = this.#next();
      if (next === undefined) break;
      this.#unsent += next.length;
      this.#watch();
      this.#outlet.send(next, () => this.#sent(next.length));
    }
    this.#leave();
  }

  /** Words before sound, but the last word comes last. */
  #next(): string | Uint8Array | undefined {
    if (this.#farewell && this.#frames.length > 0) return this.#nextAudio();
    return this.#texts.shift() ?? this.#nextAudio();
  }

  #nextAudio(): string | Uint8Array | undefined {
    if (this.#lostMs === 0 || this.#frames.length === 0) return this.#frames.shift();
    const message = JSON.stringify({ type: 'lost', ms: this.#lostMs });
    this.#lostMs = 0;
    return message;
  }

  #sent(bytes: number): void {
    this.#unsent -= bytes;
    this.#cancelStall?.();
    this.#cancelStall = undefined;
    if (this.#isClosed) return;
    if (this.#unsent > 0) this.#watch();
    this.#pump();
  }

  #watch(): void {
    this.#cancelStall ??= this.#clock.schedule(STALLED_MS, () => this.#outlet.cut());
  }

  #leave(): void {
    if (!this.#farewell || this.#isClosed || this.#unsent > 0) return;
    if (this.#texts.length + this.#frames.length > 0) return;
    const { code, reason } = this.#farewell;
    this.closed();
    this.#outlet.close(code, reason);
  }
}
