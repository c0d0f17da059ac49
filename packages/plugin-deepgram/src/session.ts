/**
 * One stream of audio to the service, for as long as the call lives: dialled, and dialled again whenever its socket is lost;
 * what was not finally heard is then sent again. It has the audio of all parties of the call, or of one.
 */
import type { Party, Socket, TranscriberEvent, TranscriberHost, TranscriptionState } from '@sidetone/core';
import type { AudioBuffer } from './audio/audio-buffer.ts';
import { backOffMs } from './connection/back-off.ts';
import { createChannels } from './audio/channels.ts';
import type { DeepgramOptions } from './config.ts';
import { createLink, type Link } from './connection/link.ts';
import { TROUBLES, troubleOfDial, type Trouble } from './connection/troubles.ts';

/** How long an unanswered dial is waited for, ms. */
export const CONNECT_TIMEOUT_MS = 8000;
/** How long a connection that was heard has to hold for its loss to be the first again, ms. */
export const STABLE_MS = 3000;
/** How long an open utterance waits for the next connection, ms. */
export const LOST_AFTER_MS = 5000;
/** How long the last words may take, ms. */
export const END_MS = 10_000;
/** How far from being overwritten the oldest audio is that a connection begins with, ms. */
export const OLDEST_MARGIN_MS = 500;
/** The largest message taken, bytes: a minute of words is some 20 KB. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

const NORMAL = 1000;

export interface SessionDeps {
  readonly host: Pick<TranscriberHost, 'dial' | 'clock' | 'log'>;
  /** Whose audio it has, in the order of its channels. */
  readonly parties: readonly Party[];
  readonly buffer: AudioBuffer;
  readonly options: Pick<DeepgramOptions, 'apiKey' | 'replay' | 'keyterms'>;
  readonly isFlux: boolean;
  /** Where to dial. */
  readonly url: (withKeyterms: boolean) => URL;
  readonly emit: (event: TranscriberEvent) => void;
  readonly onState: (state: TranscriptionState, trouble?: Trouble) => void;
  /** At least 0 and below 1. */
  readonly random: () => number;
  /** Aborts when nothing more is wanted. */
  readonly signal: AbortSignal;
}

export interface Session {
  /** Takes audio of a channel. */
  write(channel: number, bytes: Uint8Array, atMs: number): void;
  /** No more audio comes. Settles when the last words were told, or the time for that is over. */
  end(): Promise<void>;
  /** Settles when nothing of it is left. */
  readonly done: Promise<void>;
}

/** A session that dials at once. It ends when it is told to, when the signal aborts, or when it is given up. */
export function createSession(deps: SessionDeps): Session {
  const { host, buffer, options, signal } = deps;
  const { clock, log } = host;
  const channels = createChannels(deps.parties, () => clock.now(), deps.emit);
  const counters = { dials: 0, lost: 0, skippedMs: 0 };
  /** Aborts when the call ends: there is no time to rest then. */
  const ending = new AbortController();
  /** Aborts when the time for the last words is over. */
  const limit = new AbortController();
  const life = AbortSignal.any([signal, limit.signal]);
  const isEnding = (): boolean => ending.signal.aborted;
  let link: Link | undefined;
  let wasOpen = false;
  let withKeyterms = options.keyterms.length > 0;
  /** The next frame that no connection was sent, once one was lost. */
  let unsent = 0;
  let onAudio: (() => void) | undefined;
  let isOver = false;
  let cancelLost: () => void = () => undefined;
  let cancelLimit: () => void = () => undefined;

  /** Tells of audio that will not be heard. */
  function skip(from: number, to: number, reason: string): void {
    const fromMs = Math.round(buffer.msAt(from));
    const toMs = Math.round(buffer.msAt(to));
    if (toMs <= fromMs) return;
    counters.skippedMs += toMs - fromMs;
    deps.emit({ type: 'gap', fromMs, toMs, reason });
  }

  async function dial(): Promise<Socket | Trouble> {
    const timeout = new AbortController();
    const cancel = clock.schedule(CONNECT_TIMEOUT_MS, () => timeout.abort());
    counters.dials++;
    try {
      return await host.dial(deps.url(withKeyterms), {
        headers: { authorization: `Token ${options.apiKey.reveal()}` },
        signal: AbortSignal.any([life, timeout.signal]),
        maxMessageBytes: MAX_MESSAGE_BYTES,
      });
    } catch (error) {
      return troubleOfDial(error);
    } finally {
      cancel();
    }
  }

  /** The first frame that was not finally heard. */
  const wanted = (): number => (wasOpen ? buffer.frameAt(channels.replayFromMs) : 0);

  /** The first frame that a new connection is sent: of what is wanted, as much as is there and may be. */
  function beginning(): number {
    const { mode, maxMs } = options.replay;
    // What came while the first connection was made is no replay.
    const mostMs = mode === 'capped' ? maxMs : mode === 'none' && wasOpen ? 0 : Infinity;
    const first = mostMs === Infinity ? 0 : buffer.end - buffer.framesIn(mostMs);
    const oldest = buffer.start === 0 ? 0 : buffer.start + buffer.framesIn(OLDEST_MARGIN_MS);
    const from = Math.max(wanted(), oldest, first);
    if (from > wanted()) {
      skip(wanted(), from, 'it came without a connection, and was more than is kept or sent again');
      channels.skip(Math.round(buffer.msAt(from)));
    }
    return from;
  }

  /** Serves a socket until it is closed, for the reason that it settles with. */
  function serve(socket: Socket): Promise<Trouble | undefined> {
    cancelLost();
    const from = beginning();
    wasOpen = true;
    deps.onState('TRANSCRIBING');
    return new Promise((resolve) => {
      const cut = (): void => link?.cut();
      life.addEventListener('abort', cut);
      link = createLink({
        clock,
        socket,
        buffer,
        channels,
        from,
        isFlux: deps.isFlux,
        onSkip: (first, to) => skip(first, to, 'the connection was too slow for it'),
        onClosed(trouble) {
          life.removeEventListener('abort', cut);
          resolve(trouble);
        },
      });
      if (isEnding()) link.finish();
    });
  }

  function interrupt(): void {
    unsent = link?.position ?? 0;
    link = undefined;
    counters.lost++;
    channels.interrupt();
    cancelLost = clock.schedule(LOST_AFTER_MS, () => channels.close('lost'));
  }

  async function rest(delayMs: number): Promise<void> {
    if (delayMs > 0) await clock.delay(delayMs, isEnding() ? life : AbortSignal.any([life, ending.signal]));
  }

  /** Waits for audio that was not sent yet: a connection without any is closed again. */
  function untilAudio(): Promise<void> {
    return new Promise((resolve) => {
      if (buffer.end > unsent || isEnding() || life.aborted) return resolve();
      onAudio = resolve;
      life.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Waits for the time to try again. */
  async function recover({ code }: Trouble, failures: number): Promise<void> {
    await rest(backOffMs(failures, code, deps.random()));
    if (code === 'DEEPGRAM_IDLE') await untilAudio();
  }

  /** What is to be made of a trouble: refused keyterms are done without. */
  function judged(trouble: Trouble): Trouble {
    if (trouble.code !== 'DEEPGRAM_BAD_REQUEST' || !withKeyterms) return trouble;
    withKeyterms = false;
    return { ...trouble, code: 'DEEPGRAM_KEYTERMS_REFUSED' };
  }

  const isHeard = (): boolean => isEnding() && wanted() >= buffer.end;

  /** Dials and serves until all is heard, the time is over, or there is a trouble that does not pass. */
  async function run(): Promise<Trouble | 'heard' | 'cut'> {
    for (let failures = 0; !isHeard() && !life.aborted;) {
      const dialled = await dial();
      if (life.aborted && 'send' in dialled) dialled.close(NORMAL);
      if (life.aborted) break;
      const openedAt = clock.now();
      const told = 'send' in dialled ? await serve(dialled) : dialled;
      if (life.aborted) break;
      if (!told) return 'heard';
      if ('send' in dialled) {
        if (link?.wasHeard === true && clock.now() - openedAt >= STABLE_MS) failures = 0;
        interrupt();
      }
      const trouble = judged(told);
      const isFinal = TROUBLES[trouble.code].retry === 'never';
      // The code alone: the reason is the service's own words.
      log[isFinal ? 'warn' : 'debug']('a connection to Deepgram failed', { code: trouble.code });
      if (isFinal) return trouble;
      deps.onState(wasOpen ? 'RECONNECTING' : 'CONNECTING', trouble);
      await recover(trouble, ++failures);
    }
    return life.aborted ? 'cut' : 'heard';
  }

  /** Tells what is left: the words that are open, and how much was never heard. */
  function conclude(outcome: Trouble | 'heard' | 'cut'): void {
    isOver = true;
    cancelLost();
    cancelLimit();
    log.debug('a transcription is done', { ...counters, ...channels.counters, lateBytes: buffer.lateBytes });
    const isFailed = typeof outcome === 'object';
    channels.close(isFailed ? 'lost' : 'end');
    if (outcome !== 'heard') {
      skip(buffer.frameAt(channels.heardToMs), buffer.end, 'there was no connection that took it');
    }
    if (isFailed) deps.onState('FAILED', outcome);
  }

  const done = run().then(conclude);

  return {
    done,
    write(channel, bytes, atMs) {
      buffer.write(channel, bytes, atMs);
      if (buffer.end > unsent) onAudio?.();
    },
    end() {
      if (!isEnding() && !isOver) {
        buffer.seal();
        cancelLimit = clock.schedule(END_MS, () => limit.abort());
        ending.abort();
        link?.finish();
        onAudio?.();
      }
      return done;
    },
  };
}
