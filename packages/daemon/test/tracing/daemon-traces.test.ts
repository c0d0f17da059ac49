/** Traces of a whole daemon, as a collector receives them. */
import { FaultError } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { COMMAND_HOLD_MS } from '../../src/tracing/command-spans.ts';
import { EVENT_HOLD_MS } from '../../src/tracing/event-spans.ts';
import { EXPORT_INTERVAL_MS } from '../../src/tracing/tracing.ts';
import { startCollector, type CollectedSpan, type Collector } from '../support/collector.ts';
import { nextOf, startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const TRACEPARENT = `00-${TRACE}-${CALLER}-01`;
const WEBHOOK = 'POST /providers/{id}/*';
const SECRET = 'wf7Qk2LmZ';

let collector: Collector;
let clock: FakeClock;
let it: TestDaemon;

async function start(tracing: Record<string, unknown> = {}): Promise<void> {
  collector = await startCollector();
  clock = createFakeClock();
  it = await startTestDaemon(tempDir(), { tracing: { url: collector.url, ...tracing } }, clock);
}

beforeEach(() => start());

const at = (): { at: number } => ({ at: clock.now() });
const final = (party: 'CUSTOMER' | 'ASSISTANT', text: string) =>
  event('utterance.final', { party, text }, at());
const post = (body: unknown, headers: Record<string, string> = {}, path = 'event'): Promise<Response> =>
  fetch(it.url(`providers/test/${path}`), { method: 'POST', body: JSON.stringify(body), headers });
const exportHeld = (): Promise<void> => clock.advance(EVENT_HOLD_MS + EXPORT_INTERVAL_MS);
const say = async (callId: string, content: string) =>
  (
    await it.query(
      'mutation ($input: SayInput!) { say(input: $input) { command { status } failure { code } } }',
      { input: { callId, content } },
    )
  ).data.say;

async function aCall(): Promise<string> {
  await post(event('call.status', { status: 'IN_PROGRESS' }, at()));
  return (await it.query('{ calls { nodes { id } } }')).data.calls.nodes[0].id as string;
}

async function spanOf(name: string, traceId?: string): Promise<CollectedSpan> {
  const spans = await collector.named(name);
  return spans.find((span) => traceId === undefined || span.traceId === traceId)!;
}

describe('a webhook', () => {
  test('continues the trace of its sender; its events are children, with the number of clients', async () => {
    const id = await aCall();
    const events = [0, 1, 2].map(() => it.subscribe('subscription { callEvents { __typename } }'));
    const texts = it.subscribe(`subscription { transcript(callId: "${id}") { __typename } }`);
    const received = [...events, texts].map((each) => nextOf(each));
    await until(() => it.readers() === 4, 'four subscriptions');
    await post(final('CUSTOMER', 'call me'), { traceparent: TRACEPARENT });
    await Promise.all(received);
    await exportHeld();

    const finalized = await spanOf('event UTTERANCE_FINALIZED');
    const webhook = await spanOf(WEBHOOK, TRACE);
    expect(webhook).toMatchObject({ parentSpanId: CALLER, kind: 2, status: { code: 0 } });
    expect(webhook.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/providers/{id}/*',
      'http.response.status_code': 200,
      'sidetone.provider.id': 'test',
    });
    expect(finalized).toMatchObject({ traceId: TRACE, parentSpanId: webhook.spanId });
    expect(finalized.attributes).toMatchObject({
      'sidetone.event.type': 'UTTERANCE_FINALIZED',
      'sidetone.call.id': id,
      'sidetone.provider.id': 'test',
      'sidetone.clients': 4,
    });
  });

  test('begins a trace if its sender has none', async () => {
    await aCall();
    await clock.advance(EXPORT_INTERVAL_MS);
    const webhook = await spanOf(WEBHOOK);
    expect(webhook.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(webhook).not.toHaveProperty('parentSpanId');
  });

  test('that fails has the error code', async () => {
    it.script.answer = async () => {
      throw new FaultError('STORE_WRITE_FAILED', 'no');
    };
    await post({}, {}, 'hook');
    await clock.advance(EXPORT_INTERVAL_MS);
    expect(await spanOf(WEBHOOK)).toMatchObject({
      status: { code: 2 },
      attributes: { 'http.response.status_code': 503, 'error.type': 'STORE_WRITE_FAILED' },
    });
  });

  test('is not the cause of events after its response', async () => {
    let later = (): void => undefined;
    it.script.answer = async () => {
      const emit = it.script.host.emit.bind(it.script.host);
      void new Promise<void>((resolve) => (later = resolve)).then(() =>
        emit(event('call.status', { status: 'IN_PROGRESS' }, at())),
      );
      return { status: 200 };
    };
    await post({}, { traceparent: TRACEPARENT }, 'hook');
    later();
    await Promise.resolve();
    await it.committed();
    await exportHeld();
    const created = await spanOf('event CALL_STARTED');
    expect(created).not.toHaveProperty('parentSpanId');
  });
});

describe('a command', () => {
  const ADDRESS = `http://127.0.0.1:1/control/${SECRET}`;

  test('lasts over the request of the plugin until an event confirms it', async () => {
    const id = await aCall();
    it.script.control = async () => {
      await it.script.host.fetch(`${collector.url}/control/${SECRET}`, { method: 'POST', body: SECRET });
    };
    expect((await say(id, 'one moment please')).command.status).toBe('ACCEPTED');
    await clock.advance(EXPORT_INTERVAL_MS);
    expect(collector.spans().map(({ name }) => name)).not.toContain('command SAY');
    await post(final('ASSISTANT', 'one moment please'), { traceparent: TRACEPARENT });
    await exportHeld();

    const command = await spanOf('command SAY');
    expect(command).toMatchObject({ kind: 1, status: { code: 0 } });
    expect(command.attributes).toMatchObject({
      'sidetone.command.kind': 'SAY',
      'sidetone.command.status': 'CONFIRMED',
      'sidetone.provider.id': 'test',
      'sidetone.call.id': id,
    });
    expect(command.links).toMatchObject([{ traceId: TRACE }]);
    expect(BigInt(command.endTimeUnixNano) - BigInt(command.startTimeUnixNano)).toBe(
      BigInt(EXPORT_INTERVAL_MS) * 1_000_000n,
    );
    const request = await spanOf('POST');
    expect(request).toMatchObject({ kind: 3, traceId: command.traceId, parentSpanId: command.spanId });
    expect(request.attributes).toEqual({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'sidetone.provider.id': 'test',
    });
  });

  test('that is refused has the code of its failure, and its request that of the connection', async () => {
    const id = await aCall();
    it.script.control = async () => {
      await it.script.host.fetch(ADDRESS, { method: 'POST' });
    };
    const { failure } = await say(id, 'hello');
    await clock.advance(EXPORT_INTERVAL_MS);
    expect(await spanOf('command SAY')).toMatchObject({
      status: { code: 2 },
      attributes: { 'error.type': failure.code },
    });
    expect(await spanOf('POST')).toMatchObject({
      status: { code: 2 },
      attributes: { 'error.type': 'PROVIDER_UNREACHABLE' },
    });
  });

  test.each(['graphql', 'control'])('continues the trace of its client: %s', async (entrance) => {
    const id = await aCall();
    const input = { callId: id, content: 'hello' };
    const [path, body] =
      entrance === 'graphql'
        ? [
            'graphql',
            {
              query: 'mutation ($input: SayInput!) { say(input: $input) { failure { code } } }',
              variables: { input },
            },
          ]
        : [`calls/${id}/control`, { type: 'say', content: 'hello' }];
    const headers = { 'content-type': 'application/json', traceparent: TRACEPARENT };
    await (await fetch(it.url(path), { method: 'POST', headers, body: JSON.stringify(body) })).text();
    await say(id, 'again');
    await clock.advance(COMMAND_HOLD_MS + EXPORT_INTERVAL_MS);
    const commands = await collector.named('command SAY', 2);
    expect(commands.map(({ parentSpanId }) => parentSpanId)).toEqual([CALLER, undefined]);
    expect(commands[0]!.traceId).toBe(TRACE);
  });

  test('that no event confirms ends with the answer', async () => {
    const id = await aCall();
    await say(id, 'hello');
    await clock.advance(COMMAND_HOLD_MS + EXPORT_INTERVAL_MS);
    const { attributes, startTimeUnixNano, endTimeUnixNano } = await spanOf('command SAY');
    expect(attributes['sidetone.command.status']).toBe('ACCEPTED');
    expect(endTimeUnixNano).toBe(startTimeUnixNano);
  });
});

test('no span has a transcript, a number or a path', async () => {
  const number = '+919876543210';
  await post(event('call.started', { status: 'IN_PROGRESS', details: { from: number, to: number } }, at()));
  const id = (await it.query('{ calls { nodes { id } } }')).data.calls.nodes[0].id as string;
  await post(final('CUSTOMER', `${SECRET} is my password`));
  await say(id, `${SECRET} again`);
  await post({ [SECRET]: 1 }, { 'x-secret': SECRET }, `hook/${SECRET}?token=${SECRET}`);
  await clock.advance(COMMAND_HOLD_MS + EXPORT_INTERVAL_MS);
  await collector.named('command SAY');
  const texts = collector.requests.map(({ text }) => text).join('\n');
  expect(texts).toContain('UTTERANCE_FINALIZED');
  expect(texts).not.toContain(SECRET);
  expect(texts).not.toContain(number.slice(1));
});

test('of the traces, only the sample is sent', async () => {
  await start({ sample: 0.5 });
  const low = TRACE.slice(0, -8) + '7fffffff';
  const high = TRACE.slice(0, -8) + '80000000';
  for (const trace of [high, low])
    await post(event('call.status', { status: 'IN_PROGRESS' }, at()), {
      traceparent: `00-${trace}-${CALLER}-01`,
    });
  await exportHeld();
  await collector.named(WEBHOOK);
  await it.daemon.stop();
  const traces = new Set(collector.spans().map(({ traceId }) => traceId));
  expect([traces.has(low), traces.has(high)]).toEqual([true, false]);
});

test('what waits is sent when the daemon stops, with the headers and the name of the service', async () => {
  await start({ headers: { authorization: 'Bearer t' }, serviceName: 'calls-eu' });
  await aCall();
  await it.daemon.stop();
  expect(collector.spans().map(({ name }) => name)).toEqual(
    expect.arrayContaining([WEBHOOK, 'event CALL_STARTED']),
  );
  const [{ path, headers, text }] = collector.requests as [(typeof collector.requests)[0]];
  expect([path, headers['authorization'], headers['content-type']]).toEqual([
    '/v1/traces',
    'Bearer t',
    'application/json',
  ]);
  expect(JSON.parse(text).resourceSpans[0].resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'calls-eu' },
  });
});
