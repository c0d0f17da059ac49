/**
 * A file with what a provider and its plugin send each other, for the tests of the plugin. The event loop only puts values into a
 * bounded queue. A full disk or file stops the capture and affects nothing else.
 */
import { messageOf, type Clock, type Logger } from '@sidetone/core';
import type { ProviderNotice } from '../provider/provider-notices.ts';
import { startCaptureOutput, type CaptureOutput, type StartCaptureOutput } from './capture-output.ts';
import type { CaptureResult, CaptureSettings } from './capture-writer.ts';
import { entryBytes, type RawEntry } from './raw-entry.ts';

/** How long entries are collected before they are written together, ms. */
const WRITE_DELAY_MS = 100;
/** Entries that wait to be masked and written, bytes. Of more, the newest are dropped. */
export const MAX_PENDING_CAPTURE_BYTES = 32 * 1024 * 1024;
/** How long a stop waits for the last entries, ms. */
const STOP_TIMEOUT_MS = 2000;

export interface WireCaptureDeps {
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  readonly settings: () => CaptureSettings;
  readonly startOutput?: StartCaptureOutput;
}

type State =
  | { readonly name: 'off' }
  | { readonly name: 'on' }
  | { readonly name: 'stopped'; readonly reason: string; readonly at: number };

export class WireCapture {
  readonly #deps: WireCaptureDeps;
  #output: CaptureOutput | undefined;
  #state: State = { name: 'off' };
  #file = '';
  #startedAt = 0;
  #queue: RawEntry[] = [];
  /** Of the queue, and of what is being written. */
  #pendingBytes = 0;
  #unreportedDrops = 0;
  #cancel = (): void => undefined;
  #isScheduled = false;
  #numbers = 0;
  /** Lines in the file since the start. */
  written = 0;
  /** Entries that were dropped since the start, because too many waited. */
  dropped = 0;

  constructor(deps: WireCaptureDeps) {
    this.#deps = deps;
  }

  get isOn(): boolean {
    return this.#state.name === 'on';
  }

  /** Opens the file. Never throws: if that fails, the capture is stopped. */
  start(): void {
    const { clock, log, settings, startOutput = startCaptureOutput } = this.#deps;
    try {
      const chosen = settings();
      this.#file = chosen.file;
      this.#startedAt = clock.elapsed();
      this.#output = startOutput(chosen);
      this.#state = { name: 'on' };
      const remedy = 'Remove `capture` of the provider when you have what you need, and delete the file.';
      log.warn('capturing requests and messages of the provider in a file', { file: this.#file, remedy });
      void this.#write([]);
    } catch (error) {
      this.#stopBecause(messageOf(error));
    }
  }

  /** Returns a number that connects entries. */
  nextNumber(): number {
    return ++this.#numbers;
  }

  /** Queues an entry. Takes no time worth mentioning. */
  note(entry: Omit<RawEntry, 'at'>): void {
    if (!this.isOn) return;
    const at = Math.round(this.#deps.clock.elapsed() - this.#startedAt);
    const timed = { at, ...entry };
    const bytes = entryBytes(timed);
    if (this.#pendingBytes + bytes > MAX_PENDING_CAPTURE_BYTES) {
      this.dropped++;
      this.#unreportedDrops++;
      return;
    }
    if (this.#unreportedDrops > 0) this.#queue.push({ at, dropped: this.#unreportedDrops });
    this.#unreportedDrops = 0;
    this.#pendingBytes += bytes;
    this.#queue.push(timed);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#cancel = this.#deps.clock.schedule(WRITE_DELAY_MS, () => void this.#flush());
  }

  /** Writes what is queued, and closes the file. Never rejects. */
  async stop(): Promise<void> {
    if (!this.#output) return;
    const last = this.#flush();
    this.#state = { name: 'off' };
    const abort = new AbortController();
    await Promise.race([last, this.#deps.clock.delay(STOP_TIMEOUT_MS, abort.signal)]);
    abort.abort();
    await this.#output.close().catch(() => undefined);
  }

  /** What the operator has to know: that it is on, or why it ended. */
  get notices(): readonly ProviderNotice[] {
    const state = this.#state;
    if (state.name === 'off') return [];
    if (state.name === 'on') {
      const message = `requests and messages of this provider are written to ${this.#file}, with masked secrets and numbers.`;
      return [{ code: 'CAPTURE_ON', message, count: 1, lastAt: undefined }];
    }
    const message = `the capture of requests and messages stopped: ${state.reason}`;
    return [{ code: 'CAPTURE_STOPPED', message, count: 1, lastAt: state.at }];
  }

  #flush(): Promise<void> {
    this.#cancel();
    this.#isScheduled = false;
    const entries = this.#queue;
    this.#queue = [];
    return this.#write(entries);
  }

  async #write(entries: readonly RawEntry[]): Promise<void> {
    if (!this.isOn || !this.#output) return;
    const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
    try {
      this.#onWritten(await this.#output.write(entries));
    } catch (error) {
      this.#stopBecause(messageOf(error));
    } finally {
      this.#pendingBytes -= bytes;
    }
  }

  #onWritten({ lines, bytes, isFull }: CaptureResult): void {
    this.written += lines;
    if (isFull) this.#stopBecause(`${this.#file} has ${bytes} bytes, and limits.captureBytes allows no more`);
  }

  #stopBecause(reason: string): void {
    if (this.#state.name === 'stopped') return;
    this.#state = { name: 'stopped', reason, at: this.#deps.clock.now() };
    this.#queue = [];
    this.#deps.log.error('capture of requests and messages stopped', { file: this.#file, reason });
  }
}
