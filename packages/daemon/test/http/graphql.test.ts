import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import * as tokens from '../../src/tokens.ts';
import { nextOf, startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event, words } from '../support/heart.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let dir: string;
let it: TestDaemon;

beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir);
});

const emit = (told: ReturnType<typeof event>): void => it.script.host.emit(told);
const committed = (): Promise<void> => it.daemon.parts.resolve(tokens.INGEST).committed();
const subscribe = (query: string, variables?: Record<string, unknown>) =>
  it.client.iterate({ query, variables: variables ?? null }) as AsyncIterableIterator<{
    // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into an answer as it likes
    data?: any;
    errors?: readonly { message: string; extensions?: Record<string, unknown> }[];
  }>;

async function aCall(): Promise<string> {
  emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now() }));
  await committed();
  return (await it.query('{ calls { nodes { id } } }')).data.calls.nodes[0].id as string;
}

describe('a query', () => {
  test('tells of a call all that is known', async () => {
    const details = {
      from: '+15005550006',
      to: '+15005550001',
      direction: 'INBOUND',
      assistant: { name: 'Nova' },
    } as const;
    emit(event('call.started', { details, status: 'IN_PROGRESS' }, { at: 1000 }));
    emit(
      event('utterance.final', { party: 'CUSTOMER', text: 'hello', startMs: 10.4, endMs: 20 }, { at: 2000 }),
    );
    emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED', code: 'bye' } }, { at: 4000 }));
    emit(
      event('call.report', {
        summary: 'Short.',
        cost: { amount: 0.5, currency: 'USD' },
        providerData: { x: 1 },
      }),
    );
    await committed();
    const { data, errors } = await it.query(`{
      callByProviderId(providerId: "test", providerCallId: "their-call") {
        provider { id displayName state stateMessage liveCallCount }
        providerCallId direction status isLive from to assistant { name providerAssistantId }
        createdAt answeredAt endedAt durationMs end { category code message } capabilities
        utterances { totalCount nodes { party text isFinal startMs endMs at call { status } } pageInfo { hasNextPage } }
        transcriptText streams { id } levels { party } summary cost { amount currency } providerData
        commands { nodes { id } }
        events(first: 2) { nodes { type at __typename } pageInfo { hasNextPage endCursor } }
      }
    }`);
    expect(errors).toBeUndefined();
    expect(data.callByProviderId).toMatchObject({
      provider: {
        id: 'test',
        displayName: 'Scripted',
        state: 'RUNNING',
        stateMessage: null,
        liveCallCount: 0,
      },
      direction: 'INBOUND',
      status: 'ENDED',
      isLive: false,
      assistant: { name: 'Nova', providerAssistantId: null },
      createdAt: '1970-01-01T00:00:01.000Z',
      answeredAt: '1970-01-01T00:00:01.000Z',
      durationMs: 3000,
      end: { category: 'CUSTOMER_ENDED', code: 'bye', message: null },
      capabilities: [],
      utterances: {
        totalCount: 1,
        nodes: [{ text: 'hello', isFinal: true, startMs: 10, endMs: 20, call: { status: 'ENDED' } }],
      },
      transcriptText: 'Customer: hello',
      summary: 'Short.',
      cost: { amount: 0.5, currency: 'USD' },
      providerData: { x: 1 },
      events: {
        nodes: [{ type: 'CALL_STARTED', __typename: 'CallStarted' }, { type: 'UTTERANCE_FINALIZED' }],
        pageInfo: { hasNextPage: true },
      },
    });
  });

  test('pages through calls by cursor, and a cursor of another list is refused', async () => {
    for (let i = 0; i < 5; i++) emit(event('call.started', {}, { call: `c${i}`, at: 1000 + i }));
    emit(words(1, 'c0'));
    await committed();
    const page =
      'query ($after: String) { calls(first: 2, after: $after) { totalCount nodes { providerCallId } pageInfo { hasNextPage hasPreviousPage endCursor } } }';
    const first = (await it.query(page)).data.calls;
    expect(first).toMatchObject({
      totalCount: 5,
      nodes: [{ providerCallId: 'c4' }, { providerCallId: 'c3' }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    const second = (await it.query(page, { after: first.pageInfo.endCursor })).data.calls;
    expect(second.nodes).toEqual([{ providerCallId: 'c2' }, { providerCallId: 'c1' }]);
    const foreign = (
      await it.query(
        '{ callByProviderId(providerId: "test", providerCallId: "c0") { utterances { pageInfo { endCursor } } } }',
      )
    ).data.callByProviderId.utterances.pageInfo.endCursor as string;
    for (const after of [foreign, 'x', '']) {
      expect((await it.query(page, { after })).errors).toMatchObject([
        { extensions: { code: 'CURSOR_INVALID' }, path: ['calls'] },
      ]);
    }
  });

  test.each(['first: -1', 'first: 201', 'last: 100000', 'first: 1, last: 1'])(
    'with calls(%s) is refused with a code',
    async (args) => {
      expect((await it.query(`{ calls(${args}) { nodes { id } } }`)).errors).toMatchObject([
        { extensions: { code: 'INPUT_INVALID' } },
      ]);
    },
  );

  test('finds any node by its id, and nothing by an id of nothing', async () => {
    const callId = await aCall();
    emit(words(1));
    await committed();
    const { command } = (
      await it.query(`mutation { endCall(input: { callId: "${callId}" }) { command { id } } }`)
    ).data.endCall;
    const utterance = (await it.query('{ calls { nodes { utterances { nodes { id } } } } }')).data.calls
      .nodes[0].utterances.nodes[0].id;
    const names = await Promise.all(
      [callId, utterance, command.id, 'test', 'call_nothing', 'nothing'].map(
        async (id) => (await it.query(`{ node(id: "${id}") { __typename id } }`)).data.node?.__typename,
      ),
    );
    expect(names).toEqual(['Call', 'Utterance', 'Command', 'Provider', undefined, undefined]);
  });

  test('that fails by a mistake of ours says no more than an id, which is in the log', async () => {
    const history = it.daemon.parts.resolve(tokens.HISTORY);
    history.countCalls = () => Promise.reject(new Error('select secret from calls'));
    const { errors } = await it.query('{ calls { totalCount } }');
    expect(errors).toMatchObject([
      { message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    expect(JSON.stringify(errors)).not.toContain('secret');
    expect(it.lines.find(({ fields }) => fields['id'] === errors![0]!.extensions['id'])?.level).toBe('error');
  });
});

describe('a mutation', () => {
  test('asks the provider and answers with the command as it was kept', async () => {
    const callId = await aCall();
    const { data } = await it.query(
      'mutation ($callId: ID!) { say(input: { callId: $callId, content: "One moment" }) { command { id status kind arguments requestedBy call { id } } call { status } failure { code } } }',
      { callId },
    );
    expect(data.say).toMatchObject({
      command: { status: 'ACCEPTED', kind: 'SAY', call: { id: callId } },
      call: { status: 'IN_PROGRESS' },
      failure: null,
    });
    expect(it.script.asked).toEqual([
      { control: 'say', args: { content: 'One moment', endCallAfterSpoken: false, interrupt: false } },
    ]);
  });

  test.each([
    ['transfer', 'number: "+1", sipUri: "sip:x"', 'input.sipUri'],
    ['transfer', 'content: "hold on"', 'input.number'],
    ['handoff', '', 'input.assistantId'],
    ['handoff', 'streamUrl: "http://x"', 'input.streamUrl'],
    ['handoff', 'assistant: "Nova"', 'input.assistant'],
    ['sendDtmf', 'digits: "12x"', 'input.digits'],
    ['playAudio', 'url: "file:///etc/passwd"', 'input.url'],
    ['mute', 'party: UNKNOWN', 'input.party'],
    ['addMessage', 'role: SYSTEM, content: ""', 'input.content'],
  ])('%s(%s) is wrong input, and says where', async (name, input, argument) => {
    const { errors } = await it.query(
      `mutation { ${name}(input: { callId: "x", ${input} }) { failure { code } } }`,
    );
    expect(errors).toMatchObject([{ path: [name], extensions: { code: 'INPUT_INVALID', argument } }]);
  });

  test('that the provider has no control for is refused before it is asked', async () => {
    const callId = await aCall();
    const { data } = await it.query(
      `mutation { clearAudio(input: { callId: "${callId}" }) { failure { code } command { status } } }`,
    );
    expect(data.clearAudio).toEqual({
      failure: { code: 'CAPABILITY_MISSING' },
      command: { status: 'REFUSED' },
    });
    expect(it.script.asked).toEqual([]);
  });

  test('to a call that there is not is data, not an error', async () => {
    const { data, errors } = await it.query(
      'mutation { endCall(input: { callId: "call_x" }) { command { id } failure { code retryable message } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.endCall).toMatchObject({
      command: null,
      failure: { code: 'CALL_NOT_FOUND', retryable: false },
    });
  });

  test.each([[''], ['  '], ['x'.repeat(10_001)]])(
    'that says nothing, or too much, is wrong input',
    async (content) => {
      const { errors } = await it.query(
        'mutation ($content: String!) { say(input: { callId: "x", content: $content }) { failure { code } } }',
        { content },
      );
      expect(errors).toMatchObject([{ extensions: { code: 'INPUT_INVALID', argument: 'input.content' } }]);
    },
  );
});

describe('a subscription over graphql-transport-ws', () => {
  test('tells what happens, from now on', async () => {
    emit(words(0));
    await committed();
    const events = subscribe(
      'subscription { callEvents { __typename type cursor at call { providerCallId } ... on UtteranceFinalized { utterance { text } } } }',
    );
    const next = nextOf(events);
    await until(
      () => it.daemon.parts.resolve(tokens.RECORD_HUB).bell.listeners === 1,
      'the subscription is there',
    );
    emit(words(1));
    expect((await next).data.callEvents).toMatchObject({
      __typename: 'UtteranceFinalized',
      utterance: { text: 'words 1' },
      call: { providerCallId: 'their-call' },
    });
    await events.return!();
  });

  test('continues behind a cursor, once each, also in a daemon that was started again on the same file', async () => {
    for (let i = 0; i < 10; i++) emit(words(i));
    await committed();
    const query =
      'subscription ($after: Cursor) { callEvents(after: $after, types: [UTTERANCE_FINALIZED]) { cursor ... on UtteranceFinalized { utterance { text } } } }';
    const zero = (await it.query('{ calls { nodes { events(first: 1) { edges { cursor } } } } }')).data.calls
      .nodes[0].events.edges[0].cursor as string;
    const events = subscribe(query, { after: zero });
    let cursor = '';
    for (let i = 0; i < 4; i++) {
      const { callEvents } = (await nextOf(events)).data;
      expect(callEvents.utterance.text).toBe(`words ${i}`);
      cursor = callEvents.cursor as string;
    }
    await events.return!();
    await it.daemon.stop();

    it = await startTestDaemon(dir);
    emit(words(10));
    const resumed = subscribe(query, { after: cursor });
    const texts: string[] = [];
    for (let i = 4; i <= 10; i++)
      texts.push((await nextOf(resumed)).data.callEvents.utterance.text as string);
    expect(texts).toEqual([4, 5, 6, 7, 8, 9, 10].map((i) => `words ${i}`));
    await resumed.return!();
  });

  test('gives partials without a cursor and finals with one', async () => {
    const callId = await aCall();
    const transcript = subscribe(
      'subscription ($id: ID!) { transcript(callId: $id) { cursor utterance { id text isFinal party } } }',
      { id: callId },
    );
    const first = nextOf(transcript);
    await until(
      () => it.daemon.parts.resolve(tokens.PARTIAL_SLOTS).watched === 1,
      'the subscription is there',
    );
    emit(event('utterance.partial', { party: 'CUSTOMER', text: 'hel' }));
    const partial = (await first).data.transcript;
    emit(event('utterance.final', { party: 'CUSTOMER', text: 'hello' }));
    const final = (await nextOf(transcript)).data.transcript;
    expect(partial).toMatchObject({ cursor: null, utterance: { text: 'hel', isFinal: false } });
    expect(final).toMatchObject({
      cursor: expect.any(String),
      utterance: { text: 'hello', isFinal: true, id: partial.utterance.id },
    });
    await transcript.return!();
  });

  test.each([
    ['subscription { callEvents(after: "nonsense") { cursor } }', 'CURSOR_INVALID'],
    ['subscription { transcript(callId: "call_x") { cursor } }', 'CALL_NOT_FOUND'],
    ['subscription { audioLevels(intervalMs: 5) { at } }', 'INPUT_INVALID'],
  ])('%s is refused with a code, and the socket goes on', async (query, code) => {
    const refused = subscribe(query);
    const told = await nextOf(refused).then(
      ({ errors }) => errors,
      (errors: unknown) => errors,
    );
    expect(told).toMatchObject([{ extensions: { code } }]);
    const fine = subscribe('{ latestCursor }');
    expect((await nextOf(fine)).data.latestCursor).toBeTypeOf('string');
  });

  test('leaves nothing behind when it is completed, and when its socket breaks', async () => {
    const hub = it.daemon.parts.resolve(tokens.RECORD_HUB);
    const interest = it.daemon.parts.resolve(tokens.INTEREST);
    const completed = subscribe('subscription { audioLevels { at } }');
    void completed.next();
    await until(() => interest.size === 1, 'the first is there');
    await completed.return!();
    await until(() => interest.size === 0, 'the first is gone');
    const broken = Array.from({ length: 50 }, () =>
      subscribe('subscription { callEvents { cursor } }')
        .next()
        .catch(() => undefined),
    );
    await until(() => hub.bell.listeners === 50, 'the others are there');
    it.client.terminate();
    await until(() => hub.bell.listeners === 0, 'the others are gone');
    await Promise.all(broken);
  });
});

test('a subscription over SSE tells the same, and ends when its reader goes', async () => {
  const callId = await aCall();
  const hub = it.daemon.parts.resolve(tokens.RECORD_HUB);
  const abort = new AbortController();
  const response = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({
      query: 'subscription ($id: ID!) { callEvents(callId: $id) { type } }',
      variables: { id: callId },
    }),
    signal: abort.signal,
  });
  await until(() => hub.bell.listeners === 1, 'the subscription is there');
  emit(words(1));
  const reader = response.body!.getReader();
  let text = '';
  while (!text.includes('UTTERANCE_FINALIZED')) text += Buffer.from((await reader.read()).value!).toString();
  abort.abort();
  await until(() => hub.bell.listeners === 0, 'the subscription is gone');
});

describe('the endpoint', () => {
  test('serves GraphiQL whole: it names no other host to load from', async () => {
    const page = await (await fetch(it.url('graphql'), { headers: { accept: 'text/html' } })).text();
    expect(page).toContain('YogaGraphiQL.renderYogaGraphiQL(');
    expect(page).toContain('"subscriptionsProtocol":"WS"');
    expect(page.match(/<(?:script|link)[^>]+(?:src|href)=["']?https?:[^>]*>/g)).toBeNull();
  });

  test.each([
    ['origin', 'https://evil.example'],
    ['host', 'evil.example:4000'],
  ])('answers no page from elsewhere: %s %s', async (name, value) => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const asked = request(
        it.url('graphql?query={latestCursor}'),
        { headers: { [name]: value } },
        (response) => resolve(response.resume().statusCode),
      );
      asked.on('error', reject).end();
    });
    expect(status).toBe(403);
  });

  test('refuses a WebSocket of a page from elsewhere', async () => {
    const { WebSocket } = await import('ws');
    const socket = new WebSocket(it.url('graphql').replace('http', 'ws'), 'graphql-transport-ws', {
      origin: 'https://evil.example',
    });
    const status = await new Promise((resolve) =>
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode)),
    );
    expect(status).toBe(403);
  });

  test('takes no request that is too large', async () => {
    const response = await fetch(it.url('graphql'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ latestCursor } # ${'x'.repeat(1024 * 1024)}` }),
    });
    expect(response.status).toBe(413);
    expect(await response.text()).toContain('limits.requestBytes');
  });
});
