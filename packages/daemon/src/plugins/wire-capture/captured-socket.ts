/** Notes the messages of a socket. Of audio, only the first messages. */
import type { Socket } from '@sidetone/core';
import type { CaptureTarget } from './capture-target.ts';
import type { RawContent } from './raw-entry.ts';

/** Messages with audio of each direction of a socket that are captured: a second of 20 ms each. */
export const MAX_AUDIO_MESSAGES = 50;
/** Shorter messages are not audio, bytes. */
const MIN_AUDIO_BYTES = 80;
const BASE64 = new RegExp(`[A-Za-z0-9+/]{${MIN_AUDIO_BYTES}}`);

const isAudio = (message: RawContent): boolean =>
  typeof message === 'string'
    ? message.length >= MIN_AUDIO_BYTES && BASE64.test(message)
    : message.length >= MIN_AUDIO_BYTES;

/** The sender of a message may use the memory again. */
const copyOf = (message: RawContent): RawContent => (typeof message === 'string' ? message : message.slice());

/** Counts the audio of one direction. */
class AudioLimit {
  #messages = 0;
  #bytes = 0;

  /** Returns whether a message is captured. */
  accept(message: RawContent): boolean {
    if (!isAudio(message) || ++this.#messages <= MAX_AUDIO_MESSAGES) return true;
    this.#bytes += message.length;
    return false;
  }

  get leftOut(): { readonly messages: number; readonly bytes: number } {
    return { messages: Math.max(this.#messages - MAX_AUDIO_MESSAGES, 0), bytes: this.#bytes };
  }
}

export function captureSocket(socket: Socket, number: number, capture: CaptureTarget): Socket {
  const received = new AudioLimit();
  const sent = new AudioLimit();
  let onClose: Parameters<Socket['onClose']>[0] = () => undefined;
  let isClosed = false;

  function noteClose(close: number, by: 'provider' | 'plugin'): void {
    if (isClosed) return;
    isClosed = true;
    const [one, other] = [received.leftOut, sent.leftOut];
    const leftOut = { messages: one.messages + other.messages, bytes: one.bytes + other.bytes };
    if (leftOut.messages > 0) capture.note({ leftOut, number });
    capture.note({ close, by, number });
  }

  socket.onClose((code, reason) => {
    noteClose(code, 'provider');
    onClose(code, reason);
  });
  return {
    send(message) {
      if (capture.isOn && sent.accept(message)) capture.note({ sends: copyOf(message), number });
      return socket.send(message);
    },
    close(code, reason) {
      noteClose(code ?? 1000, 'plugin');
      socket.close(code, reason);
    },
    onMessage(listener) {
      socket.onMessage((message) => {
        if (capture.isOn && received.accept(message)) capture.note({ message: copyOf(message), number });
        listener(message);
      });
    },
    onClose: (listener) => void (onClose = listener),
  };
}
