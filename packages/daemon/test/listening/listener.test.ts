import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test } from 'vitest';
import {
  Listener,
  MAX_BACKLOG_MS,
  MAX_UNSENT_BYTES,
  MAX_WAITING_TEXTS,
  STALLED_MS,
  type ListenerSocket,
} from '../../src/listening/listener.ts';

const FRAME_BYTES = 1280;
const IN_FLIGHT = MAX_UNSENT_BYTES / FRAME_BYTES;
const BACKLOG = MAX_BACKLOG_MS / 20;

function createSocket() {
  const sent: (string | number)[] = [];
  const unsent: (() => void)[] = [];
  const ends: string[] = [];
  const socket: ListenerSocket = {
    send(message, done) {
      sent.push(typeof message === 'string' ? message : message[0]!);
      unsent.push(done);
    },
    close: (code, reason) => void ends.push(`closed ${code} ${reason}`),
    terminate: () => void ends.push('terminated'),
  };
  return {
    socket,
    sent,
    ends,
    /** Lets the network accept all messages, including those that follow. */
    drain() {
      while (unsent.length > 0) unsent.shift()!();
    },
  };
}

const frame = (number: number): Uint8Array => new Uint8Array(FRAME_BYTES).fill(number % 256);

function setUp() {
  const clock = createFakeClock();
  const far = createSocket();
  return { clock, far, listener: new Listener(far.socket, clock) };
}

describe('Listener', () => {
  test('sends everything in order to a fast client', () => {
    const { far, listener } = setUp();
    listener.text({ hello: 1 });
    for (let i = 0; i < 500; i++) {
      listener.frame(frame(i));
      far.drain();
    }
    expect(far.sent).toEqual(['{"hello":1}', ...Array.from({ length: 500 }, (_, i) => i % 256)]);
    expect(listener.droppedMs).toBe(0);
  });

  test('drops the oldest audio of a stalled client and reports the duration before the rest', () => {
    const { far, listener } = setUp();
    const all = IN_FLIGHT + BACKLOG + 7;
    for (let i = 0; i < all; i++) listener.frame(frame(i));
    expect(far.sent.length).toBe(IN_FLIGHT);
    expect(listener.droppedMs).toBe(7 * 20);
    far.drain();
    const rest = far.sent.slice(IN_FLIGHT);
    expect(rest[0]).toBe(JSON.stringify({ type: 'lost', ms: 140 }));
    expect(rest.slice(1)).toEqual(Array.from({ length: BACKLOG }, (_, i) => (IN_FLIGHT + 7 + i) % 256));
    listener.frame(frame(1));
    expect(far.sent.at(-1)).toBe(1);
  });

  test('sends text before buffered audio, and limits the buffered text', () => {
    const { far, listener } = setUp();
    for (let i = 0; i < IN_FLIGHT + 1; i++) listener.frame(frame(i));
    for (let i = 0; i < MAX_WAITING_TEXTS + 5; i++) listener.text({ i });
    far.drain();
    const texts = far.sent.slice(IN_FLIGHT, -1);
    expect(texts.length).toBe(MAX_WAITING_TEXTS);
    expect(texts[0]).toBe('{"i":5}');
    expect(far.sent.at(-1)).toBe(IN_FLIGHT);
  });

  test('sends all buffered messages before the last one, and closes', () => {
    const { far, listener } = setUp();
    for (let i = 0; i < IN_FLIGHT + 2; i++) listener.frame(frame(i));
    listener.end({ type: 'ended' }, 1000, 'the call has ended');
    listener.frame(frame(9));
    expect(far.ends).toEqual([]);
    far.drain();
    expect(far.sent.slice(-3)).toEqual([IN_FLIGHT, IN_FLIGHT + 1, '{"type":"ended"}']);
    expect(far.ends).toEqual(['closed 1000 the call has ended']);
  });

  test('terminates a client that accepts nothing for STALLED_MS', async () => {
    const { clock, far, listener } = setUp();
    listener.frame(frame(0));
    await clock.advance(STALLED_MS - 1);
    far.drain();
    listener.frame(frame(1));
    await clock.advance(STALLED_MS - 1);
    expect(far.ends).toEqual([]);
    await clock.advance(1);
    expect(far.ends).toEqual(['terminated']);
  });

  test('sends nothing and leaves no timer after the socket is closed', () => {
    const { clock, far, listener } = setUp();
    listener.frame(frame(0));
    listener.closed();
    far.drain();
    listener.frame(frame(1));
    listener.text({});
    listener.end(undefined, 1001, '');
    expect(far.sent).toEqual([0]);
    expect(clock.pending).toBe(0);
  });
});
