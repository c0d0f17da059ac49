/** Pings the thread of a plugin. One that does not answer is reported, and after a longer time given up. */
import { FaultError, type Clock } from '@sidetone/core';
import { BLOCKED_MS } from '../../loop/loop-monitor.ts';
import { outOfMemory, type Pong, type Thread } from './thread/threads.ts';

/** Interval of the pings, ms. */
export const PING_INTERVAL_MS = 1000;
/** After how long without an answer a thread is reported, and given up, ms. */
export const UNRESPONSIVE_MS = 2000;
export const GIVE_UP_MS = 20_000;

export interface ThreadWatchDeps {
  readonly clock: Pick<Clock, 'elapsed' | 'schedule'>;
  readonly ping: Thread['ping'];
  /** The memory that the buffers of the thread may take, bytes. */
  readonly maxBufferBytes: number;
  /** The thread does not answer, since so long. */
  readonly onUnresponsive: (sinceMs: number) => void;
  /** The event loop of the thread was blocked for so long. */
  readonly onBlocked: (blockedMs: number) => void;
  readonly onGivenUp: (fault: FaultError) => void;
}

export class ThreadWatch {
  readonly #deps: ThreadWatchDeps;
  #id = 0;
  /** When the ping that is not answered was sent. */
  #sentAt: number | undefined;
  /** How long it is not answered, in whole intervals: time in which the daemon itself did not run does not count, ms. */
  #unanswered = 0;
  #isReported = false;
  #cancel = (): void => undefined;
  /** The memory of buffers of the thread, bytes. */
  bufferBytes = 0;

  constructor(deps: ThreadWatchDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#cancel();
    this.#cancel = this.#deps.clock.schedule(PING_INTERVAL_MS, () => this.#check());
  }

  stop(): void {
    this.#cancel();
  }

  onPong({ pong, blockedMs, bufferBytes }: Pong): void {
    if (pong !== this.#id || this.#sentAt === undefined) return;
    const waitedMs = this.#deps.clock.elapsed() - this.#sentAt;
    this.#sentAt = undefined;
    this.bufferBytes = bufferBytes;
    if (this.#isReported || blockedMs >= BLOCKED_MS) this.#deps.onBlocked(Math.max(waitedMs, blockedMs));
    this.#isReported = false;
    const { maxBufferBytes } = this.#deps;
    if (bufferBytes > maxBufferBytes)
      this.#giveUp(outOfMemory(`its buffers exceeded limits.isolatedPluginBytes (${maxBufferBytes} bytes)`));
  }

  #check(): void {
    const { clock, ping } = this.#deps;
    if (this.#sentAt === undefined) {
      this.#sentAt = clock.elapsed();
      this.#unanswered = 0;
      ping(++this.#id);
    } else this.#unanswered += PING_INTERVAL_MS;
    const sinceMs = this.#unanswered;
    if (sinceMs >= GIVE_UP_MS) return this.#giveUp(unresponsive());
    if (sinceMs >= UNRESPONSIVE_MS && !this.#isReported) {
      this.#isReported = true;
      this.#deps.onUnresponsive(sinceMs);
    }
    this.start();
  }

  #giveUp(fault: FaultError): void {
    this.stop();
    this.#deps.onGivenUp(fault);
  }
}

const unresponsive = (): FaultError =>
  new FaultError(
    'PLUGIN_UNRESPONSIVE',
    `the thread of the plugin was ended: it did not answer for ${GIVE_UP_MS / 1000} s`,
  );
