/** Sends messages to Vobiz over one socket, in order. Limited, because a half-open socket accepts nothing for seconds. */
import type { Logger, Socket } from '@sidetone/core';

/** Largest number of characters that are not sent yet; further audio is dropped. */
export const MAX_UNSENT_CHARACTERS = 4 * 1024 * 1024;

/** Largest number of other messages that are not sent yet; further ones are dropped. */
export const MAX_UNSENT_CONTROLS = 200;

export interface SendQueue {
  /** Returns whether the message is sent. Messages are dropped at the limit of their kind, and all of them after `end`. */
  send(text: string, isMedia?: boolean): boolean;
  /** Drops all messages from now on. */
  end(): void;
  /** Number of dropped audio messages. */
  readonly dropped: number;
  /** Number of other messages that were dropped. */
  readonly droppedControls: number;
}

/** Creates the sender of one socket. Closing the socket is up to the caller. */
export function createSendQueue(socket: Pick<Socket, 'send'>, log: Pick<Logger, 'warn'>): SendQueue {
  let unsent = 0;
  let unsentControls = 0;
  let dropped = 0;
  let droppedControls = 0;
  let hasEnded = false;
  return {
    send(text, isMedia = false) {
      if (hasEnded) return false;
      if (isMedia && unsent > MAX_UNSENT_CHARACTERS) {
        if (dropped++ === 0) log.warn('Vobiz reads too slowly, dropping audio');
        return false;
      }
      if (!isMedia && unsentControls >= MAX_UNSENT_CONTROLS) {
        if (droppedControls++ === 0) log.warn('Vobiz reads too slowly, dropping messages');
        return false;
      }
      const { length } = text;
      const controls = isMedia ? 0 : 1;
      const settled = (): void => {
        unsent -= length;
        unsentControls -= controls;
      };
      unsent += length;
      unsentControls += controls;
      socket.send(text).then(settled, settled);
      return true;
    },
    end() {
      hasEnded = true;
    },
    get dropped() {
      return dropped;
    },
    get droppedControls() {
      return droppedControls;
    },
  };
}
