/** Continues the numbers of messages, so that a message that is sent again is a later one and not a repetition. */
import { parseJson } from '@sidetone/plugin-kit';

const COUNTER = /seq|chunk|num|index|timestamp|time|position/i;
const INTEGER = /^\d{1,15}$/;
/** Audio has positions in ms: the next frame is not earlier than this. */
const FRAME = 20;

/** Returns the message as it would be in a later round. */
export type Numbering = (message: string | Uint8Array, round: number) => string | Uint8Array;

/** Calls `change` with each number that counts something, and returns a copy with its results. */
function mapCounters(value: unknown, change: (name: string, count: number) => number): unknown {
  if (Array.isArray(value)) return value.map((item) => mapCounters(item, change));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]: [string, unknown]) => {
    if (!COUNTER.test(name) || !INTEGER.test(String(item))) return [name, mapCounters(item, change)];
    const count = change(name, Number(item));
    return [name, typeof item === 'string' ? String(count) : count];
  });
  return Object.fromEntries(entries) as unknown;
}

/** Creates a numbering from the messages of one round. */
export function createNumbering(messages: readonly (string | Uint8Array)[]): Numbering {
  const ranges = new Map<string, readonly [from: number, to: number]>();
  const valueOf = (message: string | Uint8Array): unknown =>
    typeof message === 'string' ? parseJson(message) : undefined;
  for (const message of messages) {
    mapCounters(valueOf(message), (name, count) => {
      const [from, to] = ranges.get(name) ?? [count, count];
      ranges.set(name, [Math.min(from, count), Math.max(to, count)]);
      return count;
    });
  }
  return (message, round) => {
    const value = valueOf(message);
    if (value === undefined) return message;
    return JSON.stringify(
      mapCounters(value, (name, count) => {
        const [from, to] = ranges.get(name) ?? [0, 0];
        const isPosition = to - from >= FRAME || from >= 10_000;
        return count + round * (to - from + (isPosition ? FRAME : 1));
      }),
    );
  };
}
