/** The live calls, and events of calls that match, as clients subscribe to them. */
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

/** Server-sent events of a subscription, as they come. */
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

describe('the live calls', () => {
  test('are told whole, then one by one, over a WebSocket', async () => {
    await begin('first');
    const live = it.subscribe(LIVE);
    const picture = (await nextOf(live)).data.liveCalls;
    expect(picture).toEqual({
      __typename: 'LiveCallsSnapshot',
      cursor: expect.any(String),
      calls: [{ providerCallId: 'first', status: 'IN_PROGRESS' }],
    });
    await begin('second');
    const changed = { __typename: 'LiveCallChanged', cursor: expect.any(String) };
    const second = { ...changed, call: { providerCallId: 'second', status: 'IN_PROGRESS' } };
    expect((await nextOf(live)).data.liveCalls).toEqual(second);
    await end('first');
    const over = { ...changed, call: { providerCallId: 'first', status: 'ENDED' } };
    expect((await nextOf(live)).data.liveCalls).toEqual(over);
    await live.return!();
    await until(() => it.readers() === 0, 'the reader is gone');
  });

  test('are told over server-sent events as well, and the end of the request leaves no reader', async () => {
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
    await until(() => it.readers() === 0, 'the reader is gone');
  });

  test('can be followed by their events from where they were told, without a gap', async () => {
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
  test('leaves out the events of other calls', async () => {
    const events = it.subscribe(
      'subscription { callEvents(filter: { number: "9180" }, types: [CALL_ENDED]) { call { providerCallId } } }',
    );
    const next = nextOf(events);
    await until(() => it.readers() === 1, 'the subscription is there');
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
  ])('does not search what was said: %s', async (query) => {
    const refused = it.subscribe(query);
    const told = await nextOf(refused).then(
      ({ errors }) => errors,
      (errors: unknown) => errors,
    );
    expect(told).toMatchObject([{ extensions: { code: 'INPUT_INVALID', argument: 'filter.said' } }]);
  });
});

test('a cursor that is none is refused with its code where it comes as a variable, too', async () => {
  const refused = it.subscribe('subscription ($after: Cursor) { callEvents(after: $after) { cursor } }', {
    after: 'other.1',
  });
  const told = await nextOf(refused).then(
    ({ errors }) => errors,
    (errors: unknown) => errors,
  );
  expect(told).toMatchObject([{ extensions: { code: 'CURSOR_INVALID', remedy: expect.any(String) } }]);
});
