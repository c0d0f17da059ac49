/** Buffers the messages of a stream that arrive before its `start`. */
import type { Clock } from '@sidetone/core';
import type { StreamMessage } from '../wire.ts';

/** Largest number of buffered messages: a second of two tracks. */
export const MAX_EARLY_MESSAGES = 100;
/** How long messages are buffered, ms. */
export const EARLY_MESSAGES_MS = 1500;

interface EarlyMessage {
  readonly raw: string | Uint8Array;
  readonly message: StreamMessage;
}

interface EarlyMessages {
  /** Whether messages are still buffered: until the first `take` or `discard`. */
  readonly isOpen: boolean;
  add(raw: string | Uint8Array, message: StreamMessage): void;
  /** Returns the buffered messages, and stops buffering. */
  take(): readonly EarlyMessage[];
  /** Drops the buffered messages, and stops buffering. */
  discard(): void;
}

/** @param onDropped called with the number of media messages that were dropped. */
export function createEarlyMessages(clock: Clock, onDropped: (count: number) => void): EarlyMessages {
  let messages: EarlyMessage[] = [];
  let isOpen = true;
  const cancel = clock.schedule(EARLY_MESSAGES_MS, drop);

  function drop(): void {
    onDropped(messages.filter(({ message }) => message.type === 'media').length);
    messages = [];
  }

  function close(): void {
    isOpen = false;
    cancel();
  }

  return {
    get isOpen() {
      return isOpen;
    },
    add(raw, message) {
      if (messages.length < MAX_EARLY_MESSAGES) messages.push({ raw, message });
      else if (message.type === 'media') onDropped(1);
    },
    take() {
      close();
      const taken = messages;
      messages = [];
      return taken;
    },
    discard() {
      close();
      drop();
    },
  };
}
