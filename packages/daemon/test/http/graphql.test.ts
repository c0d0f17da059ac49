import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { listenToWork } from '../../src/loop/current-work.ts';
import * as tokens from '../../src/tokens.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { event, numberedUtterance } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let it: TestDaemon;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir);
});

test('a start executes a query before the first client waits for one', async () => {
  const labels: string[] = [];
  const stopListening = listenToWork((label) => labels.push(label));
  const dir = join(root, 'warm-up');
  mkdirSync(dir);
  await startTestDaemon(dir);
  stopListening();
  expect(labels).toEqual(expect.arrayContaining(['parse query', 'query without a name']));
});

describe('a query', () => {
  test('returns all fields of a call', async () => {
    const details = {
      from: '+15005550006',
      to: '+15005550001',
      direction: 'INBOUND',
      assistant: { name: 'Nova' },
    } as const;
    it.emit(event('call.started', { details, status: 'IN_PROGRESS' }, { at: 1000 }));
    it.emit(
      event('utterance.final', { party: 'CUSTOMER', text: 'hello', startMs: 10.4, endMs: 20 }, { at: 2000 }),
    );
    it.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED', code: 'bye' } }, { at: 4000 }));
    it.emit(
      event('call.report', {
        summary: 'Short.',
        cost: { amount: 0.5, currency: 'USD' },
        providerData: { x: 1 },
      }),
    );
    await it.committed();
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

  test('pages through calls by cursor, and rejects a cursor of another list', async () => {
    for (let i = 0; i < 5; i++) it.emit(event('call.started', {}, { call: `c${i}`, at: 1000 + i }));
    it.emit(numberedUtterance(1, 'c0'));
    await it.committed();
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
    'with calls(%s) is rejected with a code',
    async (args) => {
      expect((await it.query(`{ calls(${args}) { nodes { id } } }`)).errors).toMatchObject([
        { extensions: { code: 'INPUT_INVALID' } },
      ]);
    },
  );

  test('returns any node by its id, and null for an unknown id', async () => {
    const callId = await it.aCall();
    it.emit(numberedUtterance(1));
    await it.committed();
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

  test('that fails unexpectedly returns only an id, which is in the log', async () => {
    const history = it.daemon.parts.resolve(tokens.HISTORY);
    history.countCalls = () => Promise.reject(new Error('select secret from calls'));
    const { errors } = await it.query('{ calls { totalCount } }');
    expect(errors).toMatchObject([
      { message: 'internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    expect(JSON.stringify(errors)).not.toContain('secret');
    expect(it.lines.find(({ fields }) => fields['id'] === errors![0]!.extensions['id'])?.level).toBe('error');
  });
});

describe('a mutation', () => {
  test('runs the control and returns the stored command', async () => {
    const callId = await it.aCall();
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
  ])('%s(%s) is rejected with the path of the field', async (name, input, argument) => {
    const { errors } = await it.query(
      `mutation { ${name}(input: { callId: "x", ${input} }) { failure { code } } }`,
    );
    expect(errors).toMatchObject([{ path: [name], extensions: { code: 'INPUT_INVALID', argument } }]);
  });

  test('without the capability is rejected before the provider is asked', async () => {
    const callId = await it.aCall();
    const { data } = await it.query(
      `mutation { clearAudio(input: { callId: "${callId}" }) { failure { code } command { status } } }`,
    );
    expect(data.clearAudio).toEqual({
      failure: { code: 'CAPABILITY_MISSING' },
      command: { status: 'REFUSED' },
    });
    expect(it.script.asked).toEqual([]);
  });

  test('for an unknown call returns a failure, not an error', async () => {
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
    'with an empty or too long text is rejected',
    async (content) => {
      const { errors } = await it.query(
        'mutation ($content: String!) { say(input: { callId: "x", content: $content }) { failure { code } } }',
        { content },
      );
      expect(errors).toMatchObject([{ extensions: { code: 'INPUT_INVALID', argument: 'input.content' } }]);
    },
  );
});

describe('the endpoint', () => {
  test.each([
    ['origin', 'https://evil.example'],
    ['host', 'evil.example:4000'],
  ])('rejects requests of other sites: %s %s', async (name, value) => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const outgoing = request(
        it.url('graphql?query={latestCursor}'),
        { headers: { [name]: value } },
        (response) => resolve(response.resume().statusCode),
      );
      outgoing.on('error', reject).end();
    });
    expect(status).toBe(403);
  });

  test('rejects a WebSocket of another origin', async () => {
    const { WebSocket } = await import('ws');
    const socket = new WebSocket(it.url('graphql').replace('http', 'ws'), 'graphql-transport-ws', {
      origin: 'https://evil.example',
    });
    const status = await new Promise((resolve) =>
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode)),
    );
    expect(status).toBe(403);
  });

  /** A request without Content-Length. */
  const chunked = (texts: readonly string[]): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: new ReadableStream({
      start(controller) {
        for (const text of texts) controller.enqueue(Buffer.from(text));
        controller.close();
      },
    }),
    duplex: 'half',
  });

  test.each([
    [
      'with Content-Length',
      { method: 'POST', body: `{"query":"{ latestCursor } # ${'x'.repeat(2 ** 20)}"}` },
    ],
    ['without Content-Length', chunked(['{"query":"{ latestCursor } #', 'x'.repeat(2 ** 20), '"}'])],
  ])('rejects a request above the limit, %s', async (_case, init) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(it.url('graphql'), { headers, ...init });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      errors: [
        { message: expect.stringContaining('limits.requestBytes'), extensions: { code: 'WIRE_TOO_LARGE' } },
      ],
    });
  });

  test('accepts a request without Content-Length', async () => {
    const response = await fetch(it.url('graphql'), chunked(['{"query":', '"{ latestCursor }"}']));
    expect(await response.json()).toEqual({ data: { latestCursor: expect.any(String) } });
  });
});
