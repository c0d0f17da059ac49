/**
 * Our leg of a call over the WebSocket transport: we are the customer. The socket carries audio and messages in both directions;
 * closing it ends the call.
 */
import { fetchSound, type AudioFormat, type JsonObject } from '@sidetone/plugin-kit';
import { FaultError, type ProviderCallId, type ProviderHost, type Secret, type Socket } from '@sidetone/core';
import { decodeText, type VapiMessage } from '../wire.ts';
import { dialCall } from './dial.ts';
import { createTransportAudio } from './transport-audio.ts';

/** Delays before further attempts to connect, ms. A call that was connected is not reconnected: losing its socket ends it. */
const CONNECT_RETRY_DELAYS_MS = [1000, 2000, 4000] as const;
/** How long Vapi has to close the socket after the command to end the call, ms. */
const CLOSE_AFTER_MS = 1000;
/** Largest message that is accepted, bytes: a text frame can contain the whole history. */
const MAX_TRANSPORT_MESSAGE_BYTES = 10 * 1024 * 1024;

interface TransportLegDeps {
  readonly host: ProviderHost;
  readonly providerCallId: ProviderCallId;
  readonly format: AudioFormat;
  /** Sent when the socket is opened, if configured. */
  readonly apiKey: Secret | undefined;
  /** Handles a message of the call. */
  readonly receive: (message: VapiMessage) => void;
  /** Called once, when the socket closes or could not be opened. Not called by `stop`. */
  readonly onEnd: () => void;
}

export interface TransportLeg {
  readonly isOpen: boolean;
  /** Opens the socket, with several attempts. Never rejects. */
  connect(url: URL): Promise<void>;
  /**
   * Sends a command over the socket.
   * @throws {FaultError} CALL_NOT_LIVE or PROVIDER_UNREACHABLE if it is not open.
   */
  send(message: JsonObject): Promise<void>;
  /**
   * Plays a WAV file after those that are queued.
   * @throws {FaultError} INPUT_INVALID, LIMIT_EXCEEDED, CALL_NOT_LIVE or PROVIDER_UNREACHABLE.
   */
  play(url: string, signal: AbortSignal): Promise<void>;
  /** Stops playing, and drops what is queued. */
  clear(): void;
  /**
   * Ends the call: sends the command, then closes the socket if Vapi does not.
   * @throws {FaultError} CALL_NOT_LIVE if the socket is not open.
   */
  hangUp(): Promise<void>;
  /** Closes the socket permanently. */
  stop(reason: string): void;
}

/** Returns a leg that is not connected. The caller must stop it. */
export function createTransportLeg(deps: TransportLegDeps): TransportLeg {
  const { host, providerCallId } = deps;
  const ended = new AbortController();
  const audio = createTransportAudio(host, providerCallId, deps.format);
  let socket: Socket | undefined;

  /** Releases everything. Returns false if that was done before. */
  function release(reason: string): boolean {
    if (ended.signal.aborted) return false;
    ended.abort();
    audio.stop(reason);
    socket = undefined;
    return true;
  }

  function end(reason: string): void {
    if (release(reason)) deps.onEnd();
  }

  const dial = (url: URL): Promise<Socket | undefined> =>
    dialCall(host, {
      providerCallId,
      url,
      credential: deps.apiKey,
      maxMessageBytes: MAX_TRANSPORT_MESSAGE_BYTES,
      signal: ended.signal,
      failure: 'transport connection failed',
    });

  function open(opened: Socket): void {
    socket = opened;
    audio.start(opened);
    opened.onClose((code) => end(`the transport socket closed with ${code}`));
    opened.onMessage((message) => {
      if (ended.signal.aborted) return;
      if (typeof message === 'string') handleText(message);
      else audio.receive(message);
    });
  }

  function handleText(text: string): void {
    const message = decodeText(text);
    if (!message) return;
    if (message.type === 'user-interrupted') audio.dropReceived();
    deps.receive({ ...message, callId: providerCallId });
  }

  function openSocket(): Socket {
    if (socket) return socket;
    throw new FaultError('CALL_NOT_LIVE', 'the transport socket of the call is not open');
  }

  return {
    get isOpen() {
      return socket !== undefined;
    },
    async connect(url) {
      for (const delayMs of [...CONNECT_RETRY_DELAYS_MS, undefined]) {
        const opened = await dial(url);
        if (opened && ended.signal.aborted) opened.close(1000);
        if (ended.signal.aborted) return;
        if (opened) return open(opened);
        if (delayMs === undefined) break;
        await host.clock.delay(delayMs, ended.signal);
        if (ended.signal.aborted) return;
      }
      host.log.warn('connecting to a transport call failed, giving up', { providerCallId });
      end('the transport socket could not be opened');
    },
    async send(message) {
      await openSocket()
        .send(JSON.stringify(message))
        .catch((cause: unknown) => {
          throw new FaultError('PROVIDER_UNREACHABLE', 'the transport socket of the call is closed', {
            cause,
          });
        });
    },
    async play(url, signal) {
      openSocket();
      const sound = await fetchSound(host, url, signal);
      openSocket();
      if (!audio.play(sound)) throw new FaultError('LIMIT_EXCEEDED', 'too much audio is queued for playback');
    },
    clear: () => audio.clear(),
    async hangUp() {
      const open = openSocket();
      await open.send(JSON.stringify({ type: 'end-call' })).catch(() => undefined);
      void host.clock.delay(CLOSE_AFTER_MS, ended.signal).then(() => open.close(1000));
    },
    stop(reason) {
      const open = socket;
      if (release(reason)) open?.close(1000);
    },
  };
}
