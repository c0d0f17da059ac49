/** What is sent to Vobiz on one socket: in order, and bounded, because a socket that is half dead takes nothing for seconds. */
import type { Logger, Socket } from '@sidetone/core';

/** Most characters that may be on their way at once; audio beyond is dropped. */
export const MAX_UNSENT_CHARACTERS = 4 * 1024 * 1024;

export interface Outlet {
  /** Whether it was sent; audio is not, where too much is on its way. */
  send(text: string, isMedia?: boolean): boolean;
  /** Nothing is sent any more. */
  end(): void;
  /** How many audio messages were dropped. */
  readonly dropped: number;
}

export function createOutlet(socket: Pick<Socket, 'send'>, log: Pick<Logger, 'warn'>): Outlet {
  let unsent = 0;
  let dropped = 0;
  let isOver = false;
  return {
    send(text, isMedia = false) {
      if (isOver) return false;
      if (isMedia && unsent > MAX_UNSENT_CHARACTERS) {
        if (dropped++ === 0) log.warn('Vobiz does not take the audio that is sent to it');
        return false;
      }
      const { length } = text;
      const settled = (): void => void (unsent -= length);
      unsent += length;
      socket.send(text).then(settled, settled);
      return true;
    },
    end() {
      isOver = true;
    },
    get dropped() {
      return dropped;
    },
  };
}
