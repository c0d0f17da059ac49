/** Sends messages to Vobiz over one socket, in order. Limited, because a half-open socket accepts nothing for seconds. */
import type { Logger, Socket } from '@sidetone/core';

/** Largest number of characters that are not sent yet; further audio is dropped. */
export const MAX_UNSENT_CHARACTERS = 4 * 1024 * 1024;

export interface SendQueue {
  /** Returns whether the message is sent. Audio is dropped at the limit, and every message after `end`. */
  send(text: string, isMedia?: boolean): boolean;
  /** Drops all messages from now on. */
  end(): void;
  /** Number of dropped audio messages. */
  readonly dropped: number;
}

/** Creates the sender of one socket. Closing the socket is up to the caller. */
export function createSendQueue(socket: Pick<Socket, 'send'>, log: Pick<Logger, 'warn'>): SendQueue {
  let unsent = 0;
  let dropped = 0;
  let hasEnded = false;
  return {
    send(text, isMedia = false) {
      if (hasEnded) return false;
      if (isMedia && unsent > MAX_UNSENT_CHARACTERS) {
        if (dropped++ === 0) log.warn('Vobiz reads too slowly, dropping audio');
        return false;
      }
      const { length } = text;
      const settled = (): void => void (unsent -= length);
      unsent += length;
      socket.send(text).then(settled, settled);
      return true;
    },
    end() {
      hasEnded = true;
    },
    get dropped() {
      return dropped;
    },
  };
}
