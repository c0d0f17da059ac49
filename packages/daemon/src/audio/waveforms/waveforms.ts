/**
 * Stores the loudness of the parties of metered calls: the peak of each 100 ms as one byte, in pieces of one minute of
 * the call's timeline, in epoch ms. Changed pieces are written every few seconds.
 */
import { messageOf, SILENCE_DB, type CallId, type Clock, type Logger, type Party } from '@sidetone/core';
import { mapNowOrLater, type NowOrLater } from '../../now-or-later.ts';
import type { PartyPeaks, WaveformPiece, WaveformSource, WaveformStore } from '../ports.ts';

/** Length of a reading, ms. */
export const SLOT_MS = 100;
/** Readings in a piece of one minute. */
export const PIECE_SLOTS = 600;
/** Interval at which changed pieces are written, ms. */
export const FLUSH_MS = 5000;
/** Most full pieces in memory while writes fail; the oldest beyond it are dropped and counted. */
export const MAX_WAITING_PIECES = 10_000;

/** A byte is a peak in steps of 0.5 dB below full scale, or this value. */
const NO_READING = 255;
const STEPS_PER_DB = 2;

export interface WaveformsDeps {
  readonly store: WaveformStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** `recording.waveform`. */
  readonly isKept: boolean;
}

/** The newest piece of a party, and the one before it, which late audio may still change. */
interface OpenPieces {
  current: OpenPiece;
  previous: OpenPiece | undefined;
}

interface OpenPiece extends WaveformPiece {
  isChanged: boolean;
  /** While its stored readings are read: until they are merged, it is not stored, because it would replace them. */
  loading: Promise<void> | undefined;
}

const toByte = (peakDb: number): number =>
  Math.round(Math.min(0, Math.max(SILENCE_DB, peakDb)) * -STEPS_PER_DB);

export class Waveforms implements WaveformSource {
  readonly #deps: WaveformsDeps;
  /** By call and party; not by one key made of both, which would be made for every frame. */
  readonly #open = new Map<CallId, Map<Party, OpenPieces>>();
  /** Full pieces that are not stored yet. */
  #full: OpenPiece[] = [];
  #cancelFlush: (() => void) | undefined;
  #storing: Promise<void> | undefined;
  /** The pieces that are being stored. */
  #inFlight: readonly OpenPiece[] = [];
  #dropped = 0;

  constructor(deps: WaveformsDeps) {
    this.#deps = deps;
  }

  /** Number of full pieces that are not stored yet. */
  get waiting(): number {
    return this.#full.length;
  }

  /** Number of pieces dropped because writes failed for too long. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Adds a reading at an instant, epoch ms; the largest of each 100 ms is kept. A reading more than a minute before the newest one
   * is not kept.
   */
  note(callId: CallId, party: Party, peakDb: number, time: number): void {
    if (!this.#deps.isKept) return;
    const slot = Math.floor(time / SLOT_MS);
    const piece = this.#pieceOf(callId, party, Math.floor(slot / PIECE_SLOTS));
    if (!piece) return;
    const at = slot % PIECE_SLOTS;
    piece.peaks[at] = Math.min(piece.peaks[at]!, toByte(peakDb));
    piece.isChanged = true;
    this.#cancelFlush ??= this.#deps.clock.schedule(FLUSH_MS, () => void this.flush());
  }

  /** Stores the changed pieces; retries later if that fails. Never rejects. */
  flush(): NowOrLater<void> {
    if (this.#storing) return this.#storing.then(() => this.flush());
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const pending = [...this.#full, ...this.#openPieces().filter(({ isChanged }) => isChanged)];
    const loading = pending.flatMap((piece) => (piece.loading ? [piece.loading] : []));
    if (loading.length > 0) this.#flushLater();
    const changed = pending.filter((piece) => !piece.loading);
    if (changed.length === 0) return;
    try {
      const storing = this.#deps.store.put(changed);
      // Readings that arrive while it is stored are stored the next time.
      this.#full = this.#full.filter((piece) => piece.loading !== undefined);
      this.#closeUnused();
      for (const piece of changed) piece.isChanged = false;
      if (!(storing instanceof Promise)) return;
      this.#inFlight = changed;
      return (this.#storing = this.#finish(storing));
    } catch (error) {
      this.#failed(changed, error);
    }
  }

  /** Never rejects. */
  async #finish(storing: Promise<void>): Promise<void> {
    try {
      await storing;
    } catch (error) {
      this.#failed(this.#inFlight, error);
    } finally {
      this.#inFlight = [];
      this.#storing = undefined;
    }
  }

  #failed(pieces: readonly OpenPiece[], error: unknown): void {
    const reason = messageOf(error);
    this.#deps.log.warn('storing waveforms failed, retrying', { pieces: pieces.length, reason });
    const open = new Set(this.#openPieces());
    for (const piece of pieces) {
      piece.isChanged = true;
      if (!open.has(piece) && !this.#full.includes(piece)) this.#addFull(piece);
    }
    this.#flushLater();
  }

  #flushLater(): void {
    this.#cancelFlush ??= this.#deps.clock.schedule(FLUSH_MS, () => void this.flush());
  }

  /** Forgets an erased call. */
  forget(callId: CallId): void {
    this.#full = this.#full.filter((piece) => piece.callId !== callId);
    this.#inFlight = this.#inFlight.filter((piece) => piece.callId !== callId);
    this.#open.delete(callId);
  }

  /**
   * Returns the largest peak of each party in each of `points` equal intervals between two instants (epoch ms), in dBFS.
   * Intervals without a reading are silence; a call that was never metered has no parties.
   */
  read(callId: CallId, from: number, to: number, points: number): NowOrLater<readonly PartyPeaks[]> {
    return mapNowOrLater(this.#deps.store.list(callId), (stored) =>
      peaksOf(this.#withPending(callId, stored), { from, to, points }),
    );
  }

  #pieceOf(callId: CallId, party: Party, number: number): OpenPiece | undefined {
    const known = this.#open.get(callId)?.get(party);
    if (known?.current.piece === number) return known.current;
    if (known?.previous?.piece === number) return known.previous;
    if (known && number < known.current.piece - 1) return undefined;
    const piece = this.#load(callId, party, number);
    if (known && number < known.current.piece) {
      if (known.previous?.isChanged) this.#addFull(known.previous);
      known.previous = piece;
      return piece;
    }
    if (known?.previous?.isChanged) this.#addFull(known.previous);
    this.#openOf(callId).set(party, { current: piece, previous: known?.current });
    return piece;
  }

  #openOf(callId: CallId): Map<Party, OpenPieces> {
    const known = this.#open.get(callId) ?? new Map<Party, OpenPieces>();
    this.#open.set(callId, known);
    return known;
  }

  /** Returns the stored piece; an empty one while it is read, into which it is merged. */
  #load(callId: CallId, party: Party, number: number): OpenPiece {
    const stored = this.#deps.store.get(callId, party, number);
    const known = stored instanceof Promise ? undefined : stored;
    const peaks = known ?? new Uint8Array(PIECE_SLOTS).fill(NO_READING);
    const piece: OpenPiece = { callId, party, piece: number, peaks, isChanged: false, loading: undefined };
    if (stored instanceof Promise) piece.loading = this.#merge(piece, stored);
    return piece;
  }

  /** Never rejects. If the piece cannot be read, it is tried again: without it, the stored one would be replaced. */
  async #merge(piece: OpenPiece, stored: Promise<Uint8Array | undefined>): Promise<void> {
    const { store, clock } = this.#deps;
    let reading = stored;
    for (;;) {
      try {
        (await reading)?.forEach((byte, i) => (piece.peaks[i] = Math.min(piece.peaks[i]!, byte)));
        piece.loading = undefined;
        return;
      } catch {
        await clock.delay(FLUSH_MS);
        reading = Promise.resolve(store.get(piece.callId, piece.party, piece.piece));
      }
    }
  }

  #openPieces(): readonly OpenPiece[] {
    return [...this.#open.values()].flatMap((parties) =>
      [...parties.values()].flatMap(({ current, previous }) => (previous ? [previous, current] : [current])),
    );
  }

  #addFull(piece: OpenPiece): void {
    this.#full.push(piece);
    if (this.#full.length <= MAX_WAITING_PIECES) return;
    this.#full.shift();
    this.#dropped++;
  }

  /** Removes pieces without a reading since the previous write: their call has ended or is no longer metered. */
  #closeUnused(): void {
    for (const [callId, parties] of this.#open) {
      for (const [party, pieces] of parties) {
        if (!pieces.previous?.isChanged) pieces.previous = undefined;
        if (!pieces.previous && !pieces.current.isChanged) parties.delete(party);
      }
      if (parties.size === 0) this.#open.delete(callId);
    }
  }

  /** Returns stored and pending pieces; a pending piece replaces the stored one of the same minute. */
  #withPending(callId: CallId, stored: readonly WaveformPiece[]): readonly WaveformPiece[] {
    const pending = [...this.#full, ...this.#inFlight, ...this.#openPieces()];
    const waiting = pending.filter((piece, i) => piece.callId === callId && pending.indexOf(piece) === i);
    const isNewer = ({ party, piece }: WaveformPiece): boolean =>
      waiting.some((other) => other.party === party && other.piece === piece);
    return [...stored.filter((piece) => !isNewer(piece)), ...waiting];
  }
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

function peaksOf(pieces: readonly WaveformPiece[], { from, to, points }: Span): readonly PartyPeaks[] {
  const parties = new Map<Party, number[]>();
  const width = Math.max(1, to - from) / points;
  for (const { party, piece, peaks } of pieces) {
    const found = parties.get(party) ?? Array.from({ length: points }, () => SILENCE_DB);
    parties.set(party, found);
    peaks.forEach((byte, i) => {
      if (byte === NO_READING) return;
      const slot = (piece * PIECE_SLOTS + i) * SLOT_MS;
      const first = Math.max(0, Math.floor((slot - from) / width));
      const last = Math.min(points - 1, Math.ceil((slot + SLOT_MS - from) / width) - 1);
      for (let point = first; point <= last; point++)
        found[point] = Math.max(found[point]!, byte === 0 ? 0 : -byte / STEPS_PER_DB);
    });
  }
  return [...parties].map(([party, peaksDb]) => ({ party, peaksDb }));
}
