/**
 * The messages for the agent of one stream, in order. A limited number is in flight on the connected socket; the others are
 * buffered. If the agent reads too slowly, the oldest audio is dropped, but no other message.
 */
import type { Logger, ProviderCallId, Socket } from '@sidetone/core';

/** Largest number of messages in flight. */
export const MAX_IN_FLIGHT = 16;
/** Largest number of audio messages buffered for a connected agent: a second of 20 ms frames. */
export const MAX_BUFFERED_MEDIA = 50;
/** Largest number of audio messages buffered while the agent is dialled: two seconds of 20 ms frames. */
export const MAX_BUFFERED_MEDIA_DIALLING = 100;
/** Largest number of other messages that are buffered. */
export const MAX_BUFFERED_CONTROLS = 200;

interface AgentQueueDeps {
  readonly log: Pick<Logger, 'warn'>;
  readonly providerCallId: ProviderCallId;
  /** Called when too many messages other than audio are buffered for a connected agent. */
  readonly onOverflow: () => void;
  /** Called when everything was sent. */
  readonly onIdle: () => void;
}

export interface AgentQueue {
  /** Whether nothing is buffered or in flight. */
  readonly isIdle: boolean;
  /** Numbers of dropped messages. */
  readonly dropped: { readonly media: number; readonly controls: number };
  /** Sends a first message and then the buffered ones over a socket. */
  connect(socket: Socket, first: string): void;
  /** Buffers messages until the next `connect`. */
  disconnect(): void;
  /** Sends or buffers a message. `isMedia` marks audio. */
  send(message: string | Uint8Array, isMedia: boolean): void;
  /** Drops the buffered messages. */
  clear(): void;
}

interface Buffered {
  readonly message: string | Uint8Array;
  readonly isMedia: boolean;
}

/** Creates an empty queue that is not connected. */
export function createAgentQueue({ log, providerCallId, onOverflow, onIdle }: AgentQueueDeps): AgentQueue {
  const dropped = { media: 0, controls: 0 };
  let buffered: Buffered[] = [];
  /** How many of the buffered messages are audio. */
  let bufferedMedia = 0;
  let socket: Socket | undefined;
  /** Called when a message on the current socket was sent. */
  let onSent: () => void = () => {};
  let inFlight = 0;

  function transmit(to: Socket, message: string | Uint8Array): void {
    inFlight++;
    to.send(message).then(onSent, onSent);
  }

  function flush(): void {
    if (!socket) return;
    while (inFlight < MAX_IN_FLIGHT) {
      const next = buffered.shift();
      if (!next) break;
      if (next.isMedia) bufferedMedia--;
      transmit(socket, next.message);
    }
    if (inFlight === 0 && buffered.length === 0) onIdle();
  }

  function dropOldest(kind: keyof typeof dropped): void {
    const isMedia = kind === 'media';
    buffered.splice(
      buffered.findIndex((each) => each.isMedia === isMedia),
      1,
    );
    if (isMedia) bufferedMedia--;
    if (dropped[kind]++ > 0) return;
    log.warn('agent reads too slowly, dropping messages', { providerCallId, dropped: kind });
  }

  function enforceLimits(): void {
    const limit = socket ? MAX_BUFFERED_MEDIA : MAX_BUFFERED_MEDIA_DIALLING;
    while (bufferedMedia > limit) dropOldest('media');
    if (buffered.length - bufferedMedia <= MAX_BUFFERED_CONTROLS) return;
    if (socket) onOverflow();
    else dropOldest('controls');
  }

  return {
    get isIdle() {
      return inFlight === 0 && buffered.length === 0;
    },
    dropped,
    connect(opened, first) {
      socket = opened;
      inFlight = 0;
      onSent = () => {
        if (socket !== opened) return;
        inFlight--;
        flush();
      };
      transmit(opened, first);
      flush();
    },
    disconnect() {
      socket = undefined;
    },
    send(message, isMedia) {
      if (socket && buffered.length === 0 && inFlight < MAX_IN_FLIGHT) return transmit(socket, message);
      buffered.push({ message, isMedia });
      if (isMedia) bufferedMedia++;
      enforceLimits();
    },
    clear() {
      buffered = [];
      bufferedMedia = 0;
    },
  };
}
