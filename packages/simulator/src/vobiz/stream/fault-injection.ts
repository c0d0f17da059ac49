// Faults of media messages: each message is sent, dropped, corrupted, duplicated, delayed, or followed by an additional
// one.

import { randomUUID } from 'node:crypto';
import { createRandom } from '../../random.ts';
import type { VobizMessageBehaviour } from '../behaviour.ts';
import type { MediaMessage } from './stream-messages.ts';
import { stopMessage } from './stream-messages.ts';

/** How many chunks a gap drops. */
export const GAP_CHUNKS = 5;

/** Data on the socket: text, or binary where none is expected. */
export type Wire = string | Buffer;

/** The faults of one stream. */
export interface Faults {
  /** Returns what to send instead of a message, in order. */
  apply(message: MediaMessage): Wire[];
}

const BAD_PAYLOADS: { [Kind in VobizMessageBehaviour['badPayload']]: (payload: unknown) => object } = {
  base64: () => ({ payload: '@@not*base64@@' }),
  empty: () => ({ payload: '' }),
  odd: (payload) => ({
    payload: Buffer.from(String(payload), 'base64').subarray(0, -1).toString('base64'),
  }),
  number: () => ({ payload: 12_345 }),
  missing: () => ({}),
};

const EXTRA_MESSAGES: { [Kind in VobizMessageBehaviour['strange']]: (message: MediaMessage) => Wire } = {
  event: ({ streamId }) => JSON.stringify({ event: 'mood', streamId, mood: 'calm' }),
  error: ({ streamId }) =>
    JSON.stringify({
      event: 'error',
      streamId,
      error: { code: 'buffer_overflow', message: 'playback queue is full' },
    }),
  json: (message) => JSON.stringify(message).slice(0, 40),
  array: () => '["media"]',
  binary: () => Buffer.from([0, 1, 2, 3]),
  'other-stream': (message) => JSON.stringify({ ...message, streamId: randomUUID() }),
};

/** Creates the faults of one stream. `behaviour` is read for each message. */
export function createFaults(behaviour: () => VobizMessageBehaviour): Faults {
  const random = createRandom(behaviour().seed);
  let count = 0;
  let gapLeft = 0;
  let held: Wire | undefined;

  const isDue = (every: number): boolean => every > 0 && count % every === 0;

  const corrupted = (message: MediaMessage): MediaMessage => {
    const { badPayloadEvery, badPayload } = behaviour();
    if (!isDue(badPayloadEvery)) return message;
    const { payload, ...others } = message.media;
    return { ...message, media: { ...others, ...BAD_PAYLOADS[badPayload](payload) } };
  };

  return {
    apply(message) {
      count += 1;
      const { loseShare, gapEvery, repeatEvery, swapEvery, strangeEvery, strange } = behaviour();
      if (isDue(gapEvery)) gapLeft = GAP_CHUNKS;
      gapLeft -= 1;
      if (gapLeft >= 0 || (loseShare > 0 && random() < loseShare)) return [];
      const wire = JSON.stringify(corrupted(message));
      if (isDue(swapEvery) && held === undefined) {
        held = wire;
        return [];
      }
      const late = held === undefined ? [] : [held];
      held = undefined;
      const repeated = isDue(repeatEvery) ? [wire] : [];
      const beside = isDue(strangeEvery) ? [EXTRA_MESSAGES[strange](message)] : [];
      return [wire, ...late, ...repeated, ...beside];
    },
  };
}

/** Returns the `stop` messages of the older protocol, sent before the socket closes. */
export function stopMessages(
  { stopVariant }: VobizMessageBehaviour,
  streamId: string,
  media: MediaMessage | undefined,
): Wire[] {
  const stop = JSON.stringify(stopMessage(streamId));
  if (stopVariant === 'twice') return [stop, stop];
  if (stopVariant === 'other-id') return [JSON.stringify(stopMessage(randomUUID()))];
  return stopVariant === 'then-media' && media !== undefined ? [stop, JSON.stringify(media)] : [stop];
}
