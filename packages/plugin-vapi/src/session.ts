/**
 * The audio of one live call: a socket that we dial while someone wants to hear the call or see its levels, and only
 * then. It never sends, so nobody on the call can notice it.
 */
import { isFault, type ProviderCallId, type ProviderHost, type Secret, type Socket } from '@sidetone/core';
import { createFrameJoiner } from './media/frame-joiner.ts';
import { statusOf } from './calls/call-events.ts';
import type { ListenOptions } from './config.ts';
import {
  createFormatMeter,
  forcedFormat,
  formatHint,
  isSameFormat,
  LIKELIEST_FORMAT,
  partiesOf,
  type ListenFormat,
} from './media/listen-format.ts';
import { decodeText } from './wire.ts';

/** How long an unanswered dial is waited for: the socket of a call that just died neither opens nor refuses. */
export const CONNECT_TIMEOUT_MS = 8000;
/** Waits between attempts, ms: at most so many reconnects in a row. */
export const RECONNECT_DELAYS_MS = [1000, 2000, 4000, 8000, 8000] as const;
/** How long a connection must have held for the next failure to count as the first. */
export const STABLE_AFTER_MS = 10_000;
/** How long the socket stays after the last one stopped listening, so that a page reload does not cost a dial. */
export const LINGER_MS = 5000;
/** The largest message taken, bytes: 20 ms of audio are 1,280. */
export const MAX_MESSAGE_BYTES = 256 * 1024;

/** A whole number of frames in every format: two channels of two bytes. */
const FRAME_BYTES = 4;

export interface ListenSessionDeps {
  readonly host: ProviderHost;
  readonly providerCallId: ProviderCallId;
  readonly publicKey: Secret | undefined;
  readonly options: ListenOptions;
  /** Where to listen; undefined while it is not known. */
  listenUrl(): URL | undefined;
  /** Whether the call is one that can be heard now. */
  isConnected(): boolean;
  /** Looks for the address of a call that someone wants to hear. */
  locate(): void;
  /** Asks Vapi whether the call is over, and ends it here if so. Never rejects. */
  confirm(): Promise<unknown>;
}

export interface ListenSession {
  /** To be called whenever the address, the call's status or what is wanted may have changed. */
  update(): void;
  /** Ends the session for good. */
  stop(reason: string): void;
}

/** A session that is idle until something is wanted of its call. Whoever makes it stops it. */
export function createListenSession(deps: ListenSessionDeps): ListenSession {
  const { host, providerCallId, options } = deps;
  const forced = forcedFormat(options);
  /** What the call's audio turned out to be; kept for the next connection. */
  let format = forced ?? LIKELIEST_FORMAT;
  let run: AbortController | undefined;
  let cancelLinger: (() => void) | undefined;
  let gaveUp = false;
  let stopped = false;

  const isDesired = (): boolean =>
    !stopped &&
    deps.isConnected() &&
    (host.hasDemand('levels', providerCallId) || host.hasDemand('audio', providerCallId));

  const isWanted = (): boolean => isDesired() && deps.listenUrl() !== undefined;

  function end(reason: string): void {
    cancelLinger?.();
    cancelLinger = undefined;
    run?.abort(reason);
    run = undefined;
  }

  function update(): void {
    if (!isWanted()) {
      if (isDesired()) deps.locate();
      gaveUp = false;
      if (run && !cancelLinger) cancelLinger = host.clock.schedule(LINGER_MS, () => end('nobody listens'));
      return;
    }
    cancelLinger?.();
    cancelLinger = undefined;
    if (!run && !gaveUp) void listen((run = new AbortController()));
  }

  async function listen(own: AbortController): Promise<void> {
    const { signal } = own;
    for (let failures = 0; !signal.aborted && isWanted();) {
      const heldMs = await connect(signal);
      if (signal.aborted) return;
      failures = heldMs !== undefined && heldMs >= STABLE_AFTER_MS ? 1 : failures + 1;
      const delayMs = RECONNECT_DELAYS_MS[failures - 1];
      if (delayMs === undefined) {
        gaveUp = true;
        host.log.warn('gave up listening to a call', { providerCallId, attempts: failures });
        break;
      }
      // A socket that closed may be the first sign that the call is over.
      if (heldMs !== undefined) await deps.confirm();
      await host.clock.delay(delayMs, signal);
    }
    if (run === own) end('no connection');
  }

  /** One connection from dial to close; how long it held, or undefined when it never opened. */
  async function connect(signal: AbortSignal): Promise<number | undefined> {
    const url = deps.listenUrl();
    if (!url) return undefined;
    const timeout = new AbortController();
    const cancelTimeout = host.clock.schedule(CONNECT_TIMEOUT_MS, () => timeout.abort());
    try {
      const socket = await host.dial(url, {
        signal: AbortSignal.any([signal, timeout.signal]),
        maxMessageBytes: MAX_MESSAGE_BYTES,
        ...(deps.publicKey && { headers: { authorization: `Bearer ${deps.publicKey.reveal()}` } }),
      });
      return await hear(socket, signal);
    } catch (error) {
      // The code alone: a message could hold the address.
      host.log.debug('a call could not be listened to', {
        providerCallId,
        code: isFault(error) ? error.code : 'UNKNOWN',
      });
      return undefined;
    } finally {
      cancelTimeout();
    }
  }

  function hear(socket: Socket, signal: AbortSignal): Promise<number> {
    const openedAt = host.clock.now();
    if (signal.aborted) {
      socket.close(1000);
      return Promise.resolve(0);
    }
    return new Promise((resolve) => {
      const audio = createAudio();
      const finish = (reason: string): void => {
        signal.removeEventListener('abort', abort);
        audio.end(reason);
        resolve(host.clock.now() - openedAt);
      };
      const abort = (): void => {
        socket.close(1000);
        finish(String(signal.reason));
      };
      signal.addEventListener('abort', abort);
      socket.onClose((code) => finish(`the listen socket closed with ${code}`));
      socket.onMessage((message) => {
        if (signal.aborted) return;
        if (typeof message === 'string') readText(message, audio.become);
        else audio.take(message);
      });
    });
  }

  /** One connection's audio: heard in the likeliest format from the first byte on, and in another once that is known. */
  function createAudio() {
    const open = () =>
      host.openStream({
        providerCallId,
        encoding: format.encoding,
        sampleRate: format.sampleRate,
        parties: partiesOf(format, options),
      });
    let stream = open();
    let meter = forced ? undefined : createFormatMeter();
    const joiner = createFrameJoiner(FRAME_BYTES);

    function become(certain: ListenFormat): void {
      if (forced) return;
      meter = undefined;
      if (isSameFormat(certain, format)) return;
      host.log.info('a listen socket has another audio format than expected', { providerCallId, ...certain });
      stream.end('the audio format turned out to be another');
      format = certain;
      stream = open();
    }

    return {
      become,
      take(bytes: Uint8Array): void {
        const frames = joiner.push(bytes);
        if (frames.length === 0) return;
        const measured = meter?.push(frames, host.clock.now());
        if (measured) become(measured);
        stream.write(format.channels === 1 ? 'UNKNOWN' : 'INTERLEAVED', frames);
      },
      end: (reason: string): void => stream.end(reason),
    };
  }

  /**
   * Of text frames, two things are used: a word on the format, and that the call ended, which is asked about. Words and
   * speech in them are what the webhooks tell too, so that nothing is told twice.
   */
  function readText(text: string, become: (format: ListenFormat) => void): void {
    const hint = formatHint(text);
    if (hint) become(hint);
    const message = decodeText(text);
    if (message?.type === 'status-update' && statusOf(message.status) === 'ENDED') void deps.confirm();
  }

  return {
    update,
    stop(reason) {
      stopped = true;
      end(reason);
    },
  };
}
