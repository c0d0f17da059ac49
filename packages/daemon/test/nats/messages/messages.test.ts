import { FaultError } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test, vi } from 'vitest';
import { kind, type Handlers } from '../../../src/cluster/messages/kinds.ts';
import { isOutcomeUnknown } from '../../../src/cluster/messages/remote-fault.ts';
import { MAX_REQUESTS_PER_NODE, Requests } from '../../../src/cluster/messages/requests.ts';
import { Responder } from '../../../src/cluster/messages/responder.ts';
import { encode } from '../../../src/cluster/messages/envelope.ts';
import { subjectsOf } from '../../../src/cluster/subjects.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { createTestLog } from '../../support/silent-log.ts';
import { startNats } from '../support/nats-server.ts';
import { afterTest, connectNode, hasNats, natsUrl, newClusterName } from '../support/nodes.ts';

const KINDS = {
  double: kind<number, number>(10_000),
  text: kind<{ readonly text: string }, { readonly text: string }>(10_000),
};
type Table = typeof KINDS;

const TO = { node: 'b', epoch: 7 };
const HANDLERS: Handlers<Table> = { double: (value) => 2 * value, text: (request) => request };

/** Node `a` sends, node `b` answers. */
async function pair(handlers: Partial<Handlers<Table>> = {}, url = natsUrl!) {
  const name = newClusterName();
  const subjects = subjectsOf(name);
  const [a, b] = [await connectNode({ name, nats: [url] }), await connectNode({ name, nats: [url] })];
  const [clock, clockOfB] = [createFakeClock(), createFakeClock()];
  const spans: string[] = [];
  const trace = {
    current: () => 'span-of-a',
    run: <Result>(traceparent: string | undefined, work: () => Result): Result => {
      spans.push(String(traceparent));
      return work();
    },
  };
  const requests = new Requests<Table>({
    wire: a.connection,
    subjects,
    kinds: KINDS,
    instance: 'a1',
    clock,
    trace,
  });
  const log = createTestLog();
  const responder = new Responder<Table>({
    wire: b.connection,
    subjects,
    address: TO,
    handlers: { ...HANDLERS, ...handlers },
    clock: clockOfB,
    log: log.log(''),
    trace,
  });
  await b.connection.client.flush();
  afterTest(() => requests.close());
  return { requests, responder, clock, clockOfB, a: a.connection, b: b.connection, log, spans, subjects };
}

const codeOf = (result: Promise<unknown>): Promise<unknown> =>
  result.then(
    () => 'none',
    (error: { code?: unknown }) => error.code,
  );

describe.skipIf(!hasNats)('a request to another node', () => {
  test('returns its reply, and carries the trace', async () => {
    const { requests, spans, clock } = await pair();
    expect(await requests.send(TO, 'double', 21)).toBe(42);
    expect(await requests.send(TO, 'text', { text: 'ä "…"' })).toEqual({ text: 'ä "…"' });
    expect(spans).toEqual(['span-of-a', 'span-of-a']);
    expect([requests.size, clock.pending]).toEqual([0, 0]);
  });

  test('is handled in the order in which it was sent, although replies come in any order', async () => {
    const order: number[] = [];
    const { requests } = await pair({
      double: async (value) => {
        order.push(value);
        await systemClock.delay(value % 3);
        return value;
      },
    });
    const values = Array.from({ length: 200 }, (_, i) => i);
    const replies = await Promise.all(values.map((value) => requests.send(TO, 'double', value)));
    expect(order).toEqual(values);
    expect(replies).toEqual(values);
  });

  test('fails at once with a code if the node, or this start of it, is not there', async () => {
    const { requests, responder, b } = await pair();
    expect(await codeOf(requests.send({ node: 'c', epoch: 1 }, 'double', 1))).toBe(
      'CLUSTER_NODE_UNAVAILABLE',
    );
    expect(await codeOf(requests.send({ ...TO, epoch: 6 }, 'double', 1))).toBe('CLUSTER_NODE_UNAVAILABLE');
    responder.close();
    await b.client.flush();
    expect(await codeOf(requests.send(TO, 'double', 1))).toBe('CLUSTER_NODE_UNAVAILABLE');
    expect(requests.counts).toMatchObject({ sent: 3, unavailable: 3, unknown: 0 });
  });

  test('fails with the error of the other node', async () => {
    const { requests, log } = await pair({
      double: () => {
        throw new FaultError('CALL_NOT_FOUND', 'no such call', { details: { argument: 'callId' } });
      },
      text: () => Promise.reject(new Error('a secret reason')),
    });
    await expect(requests.send(TO, 'double', 1)).rejects.toMatchObject({
      code: 'CALL_NOT_FOUND',
      message: 'no such call',
      details: { argument: 'callId' },
    });
    const failed = requests.send(TO, 'text', { text: '' });
    await expect(failed).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(failed).rejects.not.toThrow('secret');
    expect(log.lines).toHaveLength(1);
  });

  test('has an unknown outcome if no reply arrives before the deadline', async () => {
    let isHandled = false;
    const { requests, clock } = await pair({
      double: () => {
        isHandled = true;
        return new Promise<number>(() => undefined);
      },
    });
    const result = requests.send(TO, 'double', 1, 3000).catch((error: unknown) => error);
    await vi.waitFor(() => expect(isHandled).toBe(true));
    await clock.advance(3000);
    expect(isOutcomeUnknown(await result)).toBe(true);
    expect(requests).toMatchObject({ size: 0, counts: { unknown: 1 } });
  });

  test('has an unknown outcome at once if the connection is lost, and is not sent without one', async () => {
    const server = await startNats();
    afterTest(() => server.stop());
    let isHandled = false;
    const handlers = {
      double: () => {
        isHandled = true;
        return new Promise<number>(() => undefined);
      },
    };
    const { requests } = await pair(handlers, server.url);
    const result = requests.send(TO, 'double', 1).catch((error: unknown) => error);
    await vi.waitFor(() => expect(isHandled).toBe(true));
    await server.kill();
    expect(isOutcomeUnknown(await result)).toBe(true);
    expect(await codeOf(requests.send(TO, 'double', 1))).toBe('CLUSTER_UNREACHABLE');
  });

  test('is not executed if it arrives after its deadline', async () => {
    const handled: number[] = [];
    const { requests, clock, clockOfB } = await pair({ double: (value) => handled.push(value) });
    await requests.send(TO, 'double', 1);
    // It is on its way for as long as the clock of the sender stands still.
    await clockOfB.advance(20);
    expect(await codeOf(requests.send(TO, 'double', 2, 20))).toBe('CLUSTER_REQUEST_EXPIRED');
    await clock.advance(20);
    expect(await requests.send(TO, 'double', 3, 20)).toBe(2);
    expect(handled).toEqual([1, 3]);
  });

  test('is rejected if too many wait, or if it is too large', async () => {
    const { requests, clock } = await pair({ double: () => new Promise<number>(() => undefined) });
    const waiting = Array.from({ length: MAX_REQUESTS_PER_NODE }, (_, i) =>
      codeOf(requests.send(TO, 'double', i)),
    );
    expect(await codeOf(requests.send(TO, 'double', 1))).toBe('CLUSTER_NODE_BUSY');
    await clock.advance(10_000);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['CLUSTER_OUTCOME_UNKNOWN']));
    const large = requests.send(TO, 'text', { text: 'x'.repeat(2_000_000) });
    expect(await codeOf(large)).toBe('CLUSTER_MESSAGE_TOO_LARGE');
  });

  test('has an unknown outcome if the reply is too large', async () => {
    const { requests } = await pair({ text: () => ({ text: 'x'.repeat(2_000_000) }) });
    expect(await codeOf(requests.send(TO, 'text', { text: '' }))).toBe('CLUSTER_OUTCOME_UNKNOWN');
  });

  test('of another release is rejected with a code', async () => {
    const { requests, a, subjects, responder } = await pair();
    const newer = requests as unknown as {
      send(to: typeof TO, name: string, body: unknown, ms: number): Promise<unknown>;
    };
    expect(await codeOf(newer.send(TO, 'newer', 1, 1000))).toBe('CLUSTER_MESSAGE_UNKNOWN');
    expect(await codeOf(newer.send(TO, 'constructor', 1, 1000))).toBe('CLUSTER_MESSAGE_UNKNOWN');
    for (const text of ['', 'null', '{"v":2}', encode({ body: 1 })])
      a.publish(subjects.requests(TO), text, `${subjects.replies('a1')}.none`);
    await vi.waitFor(() => expect(responder.counts.unknown).toBe(6));
    expect(await requests.send(TO, 'double', 1)).toBe(2);
  });
});
