import { describe, expect, test } from 'vitest';
import { MAX_STREAM_SOCKETS } from '../../src/stream/socket-limit.ts';
import { start } from '../harness.ts';
import { startRelays, START as RELAY_START } from '../relay/relay-harness.ts';
import { form, frame } from '../samples.ts';

const START = frame('start_nested_mulaw_8k');
const CLOSED = { code: 1008, reason: 'too many stream sockets of this call' };
const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);

describe('the stream sockets of a call', () => {
  test('are limited: the oldest one without a start is closed, the stream continues', async () => {
    const { host, answer, open } = await start();
    const path = await answer();
    const stream = open(path);
    await stream.send(START);
    const idle = range(300).map(() => open(path));
    expect(stream.closing).toBeUndefined();
    expect(idle.filter(({ closing }) => closing === undefined)).toEqual(
      idle.slice(-(MAX_STREAM_SOCKETS - 1)),
    );
    expect(idle[0]?.closing).toEqual(CLOSED);
    const warnings = host.logs.filter(({ message }) => message === CLOSED.reason);
    expect(warnings.map(({ fields }) => fields['closed'])).toEqual([1, 101, 201]);
    const reconnected = open(path);
    await reconnected.send(START);
    expect(reconnected.closing).toBeUndefined();
  });

  test('that have all started keep further ones out, until one is closed', async () => {
    const { host, answer, open } = await start();
    const path = await answer();
    const started = range(MAX_STREAM_SOCKETS).map(() => open(path));
    for (const socket of started) await socket.send(START);
    expect(open(path).closing).toEqual(CLOSED);
    started[0]?.close();
    await host.clock.settle();
    expect(open(path).closing).toBeUndefined();
  });

  test('do not count for other calls', async () => {
    const { answer, open, post } = await start();
    const path = await answer();
    range(MAX_STREAM_SOCKETS).forEach(() => open(path));
    const { body } = await post('answer', { ...form('answer_minimal_fields'), CallUUID: 'another-call' });
    const other = open(/stream\/[^<]+/.exec(String(body))![0]);
    open(path);
    expect(other.closing).toBeUndefined();
  });

  test('are limited for relayed calls too', async () => {
    const { open } = await startRelays();
    const stream = open();
    await stream.send(RELAY_START);
    const idle = range(50).map(() => open());
    expect([stream.closing, idle[0]?.closing]).toEqual([undefined, CLOSED]);
    expect(idle.filter(({ closing }) => closing === undefined)).toHaveLength(MAX_STREAM_SOCKETS - 1);
  });
});
