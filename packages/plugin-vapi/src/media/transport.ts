/**
 * Our own end of a call over the WebSocket transport: we are the caller's side. Audio goes out one frame every 20 ms,
 * silence where there is nothing to say, because a call that hears nothing is ended; what the assistant says comes in
 * bursts and is laid on the same time line. Closing the socket ends the call.
 */
import {
  createByteQueue,
  createSoundQueue,
  fetchSound,
  samplesInFrame,
  type AudioFormat,
} from '@sidetone/plugin-kit';
import {
  FaultError,
  FRAME_MS,
  isFault,
  pace,
  type MediaStream,
  type ProviderCallId,
  type ProviderHost,
  type Secret,
  type Socket,
} from '@sidetone/core';
import type { ControlMessage } from '../control/control-messages.ts';
import { decodeText, type VapiMessage } from '../wire.ts';

/** How long an unanswered dial is waited for, ms. */
export const TRANSPORT_CONNECT_TIMEOUT_MS = 8000;
/** Waits between attempts to join, ms. Once joined, a call is not joined again: losing the socket ends it. */
export const JOIN_DELAYS_MS = [1000, 2000, 4000] as const;
/** How long the far end has to close after it was told to end the call, ms. */
export const CLOSE_AFTER_MS = 1000;
/** Most frames that may wait for the socket: beyond it they are left out, for late audio is no use. */
export const MAX_UNSENT_FRAMES = 50;
/** The largest message taken, bytes: a text frame can hold the whole history. */
export const MAX_TRANSPORT_MESSAGE_BYTES = 10 * 1024 * 1024;

export interface TransportDeps {
  readonly host: ProviderHost;
  readonly providerCallId: ProviderCallId;
  readonly format: AudioFormat;
  /** Shown when the socket is opened; most likely nothing is needed. */
  readonly apiKey: Secret | undefined;
  /** Takes in a message of the call. */
  readonly receive: (message: VapiMessage) => void;
  /** Called once, when the leg is over or could not be joined. Asks Vapi how the call stands. */
  readonly onEnd: (wasJoined: boolean) => void;
}

export interface TransportLeg {
  /** Whether we are connected, so that audio can be played. */
  readonly isOpen: boolean;
  /** Dials `url`, and tries again for a while. Never rejects. */
  join(url: URL): Promise<void>;
  /** Gives a command over the socket. @throws {FaultError} CALL_NOT_LIVE when it is not open. */
  send(message: ControlMessage): Promise<void>;
  /** Plays a WAV file behind what is being played. @throws {FaultError} INPUT_INVALID, LIMIT_EXCEEDED or CALL_NOT_LIVE. */
  play(url: string, signal: AbortSignal): Promise<void>;
  /** Stops what is being played, and forgets what waits. */
  clear(): void;
  /** Ends the call: says so, and closes the socket if the far end does not. */
  hangUp(): Promise<void>;
  /** Closes the socket for good. */
  stop(reason: string): void;
}

/** A leg that is not joined yet. Whoever makes it stops it. */
export function createTransportLeg(deps: TransportDeps): TransportLeg {
  const { host, providerCallId, format } = deps;
  const life = new AbortController();
  const uplink = createSoundQueue(format);
  const downlink = createByteQueue(format);
  let socket: Socket | undefined;
  let stream: MediaStream | undefined;
  let stopPacing: (() => void) | undefined;
  let unsent = 0;
  let isOver = false;

  function finish(reason: string, wasJoined: boolean): void {
    if (isOver) return;
    isOver = true;
    life.abort();
    stopPacing?.();
    stream?.end(reason);
    socket = undefined;
    deps.onEnd(wasJoined);
  }

  async function dial(url: URL): Promise<Socket | undefined> {
    const timeout = new AbortController();
    const cancel = host.clock.schedule(TRANSPORT_CONNECT_TIMEOUT_MS, () => timeout.abort());
    try {
      return await host.dial(url, {
        signal: AbortSignal.any([life.signal, timeout.signal]),
        maxMessageBytes: MAX_TRANSPORT_MESSAGE_BYTES,
        ...(deps.apiKey && { headers: { authorization: `Bearer ${deps.apiKey.reveal()}` } }),
      });
    } catch (error) {
      // The code alone: a message could hold the address.
      host.log.debug('a call could not be joined', {
        providerCallId,
        code: isFault(error) ? error.code : 'UNKNOWN',
      });
      return undefined;
    } finally {
      cancel();
    }
  }

  function open(joined: Socket): void {
    socket = joined;
    stream = host.openStream({ ...format, providerCallId, parties: ['CUSTOMER', 'ASSISTANT'] });
    joined.onClose((code) => finish(`the transport socket closed with ${code}`, true));
    joined.onMessage((message) => {
      if (isOver) return;
      if (typeof message === 'string') readText(message);
      else downlink.add(message);
    });
    stopPacing = pace(host.clock, frame);
  }

  function frame(number: number): void {
    if (!socket || !stream) return;
    const samples = samplesInFrame(number, format.sampleRate);
    const positionMs = number * FRAME_MS;
    const heard = downlink.take(samples);
    if (heard.length > 0) stream.write('ASSISTANT', heard, positionMs);
    const said = uplink.take(samples);
    if (unsent >= MAX_UNSENT_FRAMES) return;
    unsent++;
    stream.write('CUSTOMER', said, positionMs);
    socket
      .send(said)
      .catch(() => undefined)
      .finally(() => void unsent--);
  }

  function readText(text: string): void {
    const message = decodeText(text);
    if (!message) return;
    // What the assistant had still to say was never heard.
    if (message.type === 'user-interrupted') downlink.clear();
    deps.receive({ ...message, callId: providerCallId });
  }

  function connected(): Socket {
    if (socket) return socket;
    throw new FaultError('CALL_NOT_LIVE', 'the call is not connected here');
  }

  return {
    get isOpen() {
      return socket !== undefined;
    },
    async join(url) {
      for (const delayMs of [...JOIN_DELAYS_MS, undefined]) {
        const joined = await dial(url);
        if (joined && life.signal.aborted) joined.close(1000);
        if (life.signal.aborted) return;
        if (joined) return open(joined);
        if (delayMs === undefined) break;
        await host.clock.delay(delayMs, life.signal);
        if (life.signal.aborted) return;
      }
      host.log.warn('gave up joining a call', { providerCallId });
      finish('the call could not be joined', false);
    },
    async send(message) {
      const to = connected();
      await to.send(JSON.stringify(message)).catch((cause: unknown) => {
        throw new FaultError('PROVIDER_UNREACHABLE', "the call's socket is closed", { cause });
      });
    },
    async play(url, signal) {
      connected();
      const sound = await fetchSound(host, url, signal);
      connected();
      if (!uplink.add(sound)) throw new FaultError('LIMIT_EXCEEDED', 'too much audio waits to be played');
    },
    clear: () => uplink.clear(),
    async hangUp() {
      const to = connected();
      await to.send(JSON.stringify({ type: 'end-call' })).catch(() => undefined);
      void host.clock.delay(CLOSE_AFTER_MS, life.signal).then(() => to.close(1000));
    },
    stop(reason) {
      const to = socket;
      if (isOver) return;
      isOver = true;
      life.abort();
      stopPacing?.();
      stream?.end(reason);
      socket = undefined;
      to?.close(1000);
    },
  };
}
