/** Subscriptions to live calls, and filters of subscriptions. */
import { beforeEach, describe, expect, test } from 'vitest';
import { providerCallId } from '@sidetone/core';
import { nextOf, startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

let it: TestDaemon;
beforeEach(async () => {
  it = await startTestDaemon(tempDir());
});

const LIVE = `subscription ($filter: CallFilter) {
  liveCalls(filter: $filter) {
    __typename
    ... on LiveCallsSnapshot { cursor calls { providerCallId status } }
    ... on LiveCallChanged { cursor call { providerCallId status } }
  }
}`;

async function begin(name: string, from = '+4930111'): Promise<void> {
  const started = event('call.started', { status: 'IN_PROGRESS', details: { from } });
  it.emit({ ...started, providerCallId: providerCallId(name) });
  await it.committed();
}
async function end(name: string): Promise<void> {
  const ended = event('call.ended', { end: { category: 'CUSTOMER_ENDED' } });
  it.emit({ ...ended, providerCallId: providerCallId(name) });
  await it.committed();
}

/** Yields the results of a subscription over SSE. */
async function* overSse(query: string, variables: object, signal: AbortSignal): AsyncGenerator {
  const response = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query, variables }),
    signal,
  });
  let text = '';
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk as Uint8Array).toString();
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const one of events) {
      const data = /^data: ?(.*)$/m.exec(one)?.[1];
      if (/^event: ?next$/m.test(one) && data !== undefined)
        yield (JSON.parse(data) as { data: unknown }).data;
    }
  }
}

describe('liveCalls', () => {
  test('delivers a snapshot and then changes over a WebSocket', async () => {
    await begin('first');
    const live = it.subscribe(LIVE);
    const snapshot = (await nextOf(live)).data.liveCalls;
    expect(snapshot).toEqual({
      __typename: 'LiveCallsSnapshot',
      cursor: expect.any(String),
      calls: [{ providerCallId: 'first', status: 'IN_PROGRESS' }],
    });
    await begin('second');
    const changed = { __typename: 'LiveCallChanged', cursor: expect.any(String) };
    const second = { ...changed, call: { providerCallId: 'second', status: 'IN_PROGRESS' } };
    expect((await nextOf(live)).data.liveCalls).toEqual(second);
    await end('first');
    const ended = { ...changed, call: { providerCallId: 'first', status: 'ENDED' } };
    expect((await nextOf(live)).data.liveCalls).toEqual(ended);
    await live.return!();
    await until(() => it.readers() === 0, 'the subscription ended');
  });

  test('works over SSE, and ends with the request', async () => {
    await begin('first', '+4930111');
    await begin('other', '+9180222');
    const leave = new AbortController();
    const live = overSse(LIVE, { filter: { number: '+91 80' } }, leave.signal);
    expect((await live.next()).value).toMatchObject({
      liveCalls: { __typename: 'LiveCallsSnapshot', calls: [{ providerCallId: 'other' }] },
    });
    await end('first');
    await end('other');
    expect((await live.next()).value).toMatchObject({
      liveCalls: { call: { providerCallId: 'other', status: 'ENDED' } },
    });
    leave.abort();
    await until(() => it.readers() === 0, 'the subscription ended');
  });

  test('has a cursor after which callEvents continues without a gap', async () => {
    await begin('first');
    const live = it.subscribe(LIVE);
    const { cursor } = (await nextOf(live)).data.liveCalls;
    await end('first');
    const events = it.subscribe('subscription ($after: Cursor) { callEvents(after: $after) { type } }', {
      after: cursor,
    });
    expect((await nextOf(events)).data.callEvents.type).toBe('CALL_ENDED');
    await live.return!();
    await events.return!();
  });
});

describe('a filter of a subscription', () => {
  test('excludes events of other calls', async () => {
    const events = it.subscribe(
      'subscription { callEvents(filter: { number: "9180" }, types: [CALL_ENDED]) { call { providerCallId } } }',
    );
    const next = nextOf(events);
    await until(() => it.readers() === 1, 'the subscription started');
    for (const [name, from] of [
      ['first', '+4930111'],
      ['second', '+9180222'],
    ] as const) {
      await begin(name, from);
      await end(name);
    }
    expect((await next).data.callEvents.call.providerCallId).toBe('second');
    await events.return!();
  });

  test.each([
    ['subscription { liveCalls(filter: { said: "tap" }) { __typename } }'],
    ['subscription { callEvents(filter: { said: "tap" }) { type } }'],
  ])('rejects `said`: %s', async (query) => {
    const rejected = it.subscribe(query);
    const result = await nextOf(rejected).then(
      ({ errors }) => errors,
      (errors: unknown) => errors,
    );
    expect(result).toMatchObject([{ extensions: { code: 'INPUT_INVALID', argument: 'filter.said' } }]);
  });
});

test('rejects an invalid cursor in a variable', async () => {
  const rejected = it.subscribe('subscription ($after: Cursor) { callEvents(after: $after) { cursor } }', {
    after: 'other.1',
  });
  const result = await nextOf(rejected).then(
    ({ errors }) => errors,
    (errors: unknown) => errors,
  );
  expect(result).toMatchObject([{ extensions: { code: 'CURSOR_INVALID', remedy: expect.any(String) } }]);
});
