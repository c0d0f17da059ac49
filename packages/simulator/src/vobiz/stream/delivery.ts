// Delivers the messages of a connection late: as TCP does after a lost packet, or a proxy that collects. Nothing is lost or
// reordered, and timestamps are those of the audio.

import { FRAME_MS } from '../../audio/pcm.ts';
import type { VobizDeliveryBehaviour } from '../behaviour.ts';

/** The delivery of one connection. Times are durations of sent audio. */
export interface Delivery<Message> {
  /** Delivers a message, now or with later ones. */
  add(message: Message): void;
  /** To be called after each frame of audio, with how much was sent. */
  frameSent(sentMs: number): void;
  /** Delivers everything that is held up. */
  flush(): void;
}

/** Creates a delivery. `behaviour` is read for each message. */
export function createDelivery<Message>(
  behaviour: () => VobizDeliveryBehaviour,
  deliver: (message: Message) => void,
): Delivery<Message> {
  let held: Message[] = [];
  let sentMs = 0;

  const isHeldUp = (): boolean => {
    const { holdAfterMs, holdMs } = behaviour();
    return sentMs >= holdAfterMs && sentMs < holdAfterMs + holdMs;
  };
  const flush = (): void => {
    const messages = held;
    held = [];
    for (const message of messages) deliver(message);
  };

  return {
    add(message) {
      if (isHeldUp() || behaviour().clumpMs > FRAME_MS || held.length > 0) held.push(message);
      else deliver(message);
    },
    frameSent(ms) {
      sentMs = ms;
      const { clumpMs } = behaviour();
      if (!isHeldUp() && (clumpMs <= FRAME_MS || sentMs % clumpMs < FRAME_MS)) flush();
    },
    flush,
  };
}
