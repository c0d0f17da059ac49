// Faults of messages: each message is sent, delayed, or followed by an additional one.

import { randomUUID } from 'node:crypto';
import type { DeepgramMessageBehaviour } from '../behaviour.ts';
import type { Message } from './messages.ts';

/** Data on the socket: text, or binary where none is expected. */
export type Wire = string | Buffer;

/** The faults of one socket. */
export interface Faults {
  /** Returns what to send instead of a message, in order. */
  apply(message: Message): Wire[];
}

/** How many words the very long list has. */
export const MANY_WORDS = 700;

const ODD_MESSAGES: { readonly [Kind in DeepgramMessageBehaviour['odd']]: (message: Message) => Wire } = {
  type: () => JSON.stringify({ type: 'Mood', mood: 'calm' }),
  'no-type': () => '{"hello":"world"}',
  text: () => 'upstream restarting',
  empty: () => '',
  array: () => '["Results"]',
  binary: () => Buffer.from([0, 1, 2, 3]),
  error: () =>
    JSON.stringify({ err_code: 'NET-0001', err_msg: 'No data received.', request_id: randomUUID() }),
  channel: () => JSON.stringify(oddResults(['ghost'], { channel_index: [5, 2] })),
  words: () => JSON.stringify(oddResults(Array.from({ length: MANY_WORDS }, () => 'again'))),
  'other-request': (message) =>
    JSON.stringify({
      ...oddResults(['stale']),
      ...message,
      request_id: randomUUID(),
      metadata: { request_id: randomUUID() },
    }),
};

/** Creates the faults of one socket. `behaviour` is read for each message. */
export function createFaults(behaviour: () => DeepgramMessageBehaviour): Faults {
  let count = 0;
  let held: Wire | undefined;
  const isDue = (every: number): boolean => every > 0 && count % every === 0;
  return {
    apply(message) {
      count += 1;
      const { oddEvery, odd, overtakenEvery } = behaviour();
      const wire = JSON.stringify(message);
      if (isDue(overtakenEvery) && held === undefined) {
        held = wire;
        return [];
      }
      const late = held === undefined ? [] : [held];
      held = undefined;
      return [wire, ...late, ...(isDue(oddEvery) ? [ODD_MESSAGES[odd](message)] : [])];
    },
  };
}

function oddResults(words: readonly string[], others: object = { channel_index: [0, 1] }): Message {
  return {
    type: 'Results',
    duration: 1,
    start: 1,
    is_final: true,
    speech_final: true,
    from_finalize: false,
    channel: {
      alternatives: [
        {
          transcript: words.join(' '),
          confidence: 0.9873,
          words: words.map((word, index) => ({
            word,
            start: 1 + index / words.length,
            end: 1 + (index + 1) / words.length,
            confidence: 0.98,
          })),
        },
      ],
    },
    metadata: {},
    ...others,
  };
}
