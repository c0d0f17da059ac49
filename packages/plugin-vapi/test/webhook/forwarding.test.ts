import { connectionFailure, createIngressRequest, NEVER, type FakeRequest } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { start, type Harness } from '../harness.ts';
import { CALL, OTHER_CALL, sample } from '../samples.ts';

const APPLICATION = 'https://app.example.com/vapi';
const inProgress = sample('status-update in-progress, embedded call stale');
const textOf = (body: unknown): string =>
  typeof body === 'string' ? body : Buffer.from(body as Uint8Array).toString();

async function startForwarding(options: object = {}): Promise<Harness> {
  const harness = await start({ forwardWebhooksTo: APPLICATION, ...options });
  harness.host.respond('POST', APPLICATION, { status: 200, json: {} });
  return harness;
}

describe('message that Vapi waits for', () => {
  it("returns the application's status, content type and body", async () => {
    const { host, post } = await startForwarding();
    host.respond('POST', APPLICATION, {
      status: 201,
      headers: { 'content-type': 'application/vnd.example+json', 'x-internal': 'no' },
      text: '{"results":[{"toolCallId":"call_a1","result":"ok"}]}',
    });
    const answer = await post(sample('tool-calls, arguments as string'));
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'content-type': 'application/vnd.example+json' },
    });
    expect(answer.headers).not.toHaveProperty('x-internal');
    expect(textOf(answer.body)).toBe('{"results":[{"toolCallId":"call_a1","result":"ok"}]}');
    expect(host.eventsOf('notice')).toEqual([]);
    host.verify();
  });

  it('returns a binary response', async () => {
    const { host, post } = await startForwarding();
    const sound = Uint8Array.from({ length: 256 }, (_, i) => i);
    host.respond('POST', APPLICATION, {
      headers: { 'content-type': 'application/octet-stream' },
      bytes: sound,
    });
    const answer = await post(sample('voice-request'));
    expect(answer.headers).toEqual({ 'content-type': 'application/octet-stream' });
    expect(answer.body).toEqual(sound);
  });

  it('is forwarded unchanged, with all headers except connection headers', async () => {
    const { host, provider } = await startForwarding({ forward: { headers: { 'X-Api-Key': 'app-key' } } });
    const body = '{ "message" : {"type":"assistant-request" , "call":{"id":"é"}} }';
    await provider.ingress!.request!(
      createIngressRequest({
        path: 'webhook',
        body,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'X-Signature': 'abc',
          'x-call-id': 'é',
          connection: 'close, X-Hop',
          'x-hop': '1',
          host: 'calls.example.com',
          'content-length': '7',
          'transfer-encoding': 'chunked',
        },
      }),
    );
    const request = host.requests.find(({ url }) => url.href === APPLICATION);
    expect(request?.body).toBe(body);
    expect(request?.redirect).toBe('manual');
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-signature': 'abc',
      'x-call-id': 'é',
      'x-api-key': 'app-key',
    });
    for (const name of ['connection', 'x-hop', 'host', 'transfer-encoding']) {
      expect(request?.headers).not.toHaveProperty(name);
    }
  });

  it.each([
    ['assistant-request', 7000],
    ['tool-calls', 18_000],
  ])('%s times out before Vapi does, after %i ms, with 504', async (type, deadlineMs) => {
    const { host, post } = await startForwarding();
    host.respond('POST', APPLICATION, NEVER);
    let answer: unknown;
    void post({ message: { type, call: { id: CALL, type: 'webCall' } } }).then(
      (response) => (answer = response),
    );
    await host.clock.advance(deadlineMs - 1);
    expect(answer).toBeUndefined();
    await host.clock.advance(1);
    expect(answer).toMatchObject({ status: 504 });
    expect(host.eventsOf('notice')).toMatchObject([{ code: 'VAPI_APPLICATION_UNREACHABLE' }]);
  });

  it.each([
    ['a 5xx response', { status: 503, text: 'down' }, 503],
    ['a 4xx response', { status: 404, text: 'no' }, 404],
    ['a redirect, which is not followed', { status: 302, headers: { location: 'http://10.0.0.1/' } }, 502],
    [
      'a broken connection',
      () => {
        throw connectionFailure('ECONNREFUSED');
      },
      502,
    ],
  ])('returns the failure of the application: %s', async (_what, reply, status) => {
    const { host, post } = await startForwarding();
    host.respond('POST', APPLICATION, reply);
    expect(await post(sample('handoff-destination-request'))).toMatchObject({ status });
    expect(host.requests).toHaveLength(1);
  });

  it('may be unknown or malformed: the application answers it', async () => {
    const { host, post } = await startForwarding();
    host.respond('POST', APPLICATION, { status: 202, text: 'mine' });
    for (const body of [{ message: { type: 'brand.new.request' } }, { unrelated: 'body' }, []]) {
      expect(await post(body)).toMatchObject({ status: 202 });
    }
    expect(host.requests).toHaveLength(3);
  });

  it('is not forwarded if it is not authenticated', async () => {
    const { host, post } = await startForwarding({ webhook: { secret: 'hook-secret' } });
    await expect(post(inProgress)).rejects.toMatchObject({ code: 'WEBHOOK_UNAUTHENTICATED' });
    expect(host.requests).toEqual([]);
  });
});

describe('other message', () => {
  it('is answered and stored without waiting for the application', async () => {
    const { host, post } = await startForwarding();
    host.respond('POST', APPLICATION, NEVER);
    expect(await post(inProgress)).toMatchObject({ status: 200, body: '{}' });
    expect(host.eventsOf('call.started')).toHaveLength(1);
    await host.clock.settle();
    expect(host.requests.map(({ json }) => json)).toEqual([inProgress]);
  });

  it('is forwarded after earlier messages of its call, and independently of other calls', async () => {
    const { host, post } = await startForwarding();
    const answers: (() => void)[] = [];
    host.respond('POST', APPLICATION, () => new Promise((resolve) => answers.push(() => resolve({}))));
    const typesSent = (): unknown[] =>
      host.requests
        .filter(({ method }) => method === 'POST')
        .map(({ json }: FakeRequest) => (json as { message: { type: string } }).message.type);
    const send = (type: string, id: string) => post({ message: { type, call: { id, type: 'webCall' } } });
    await send('hang', CALL);
    await send('user-interrupted', CALL);
    await send('conversation-update', OTHER_CALL);
    await host.clock.settle();
    expect(typesSent()).toEqual(['hang', 'conversation-update']);
    answers[0]!();
    await host.clock.settle();
    expect(typesSent()).toEqual(['hang', 'conversation-update', 'user-interrupted']);
  });

  it('is dropped if the queue is full, which is logged once', async () => {
    const { host, post } = await startForwarding({ forward: { queueLimit: 2 } });
    host.respond('POST', APPLICATION, NEVER);
    for (let i = 0; i < 5; i++) expect(await post(inProgress)).toMatchObject({ status: 200 });
    expect(host.logs.filter(({ level }) => level === 'warn')).toMatchObject([{ fields: { limit: 2 } }]);
    await host.clock.advance(3 * 18_000);
    expect(host.requests).toHaveLength(2);
  });

  it('emits one notice per outage of the application', async () => {
    const { host, post } = await startForwarding();
    const fail = async (status: number): Promise<void> => {
      host.respond('POST', APPLICATION, { status });
      await post(sample('hang'));
      await host.clock.settle();
    };
    for (const status of [500, 503, 500]) await fail(status);
    const notices = () =>
      host.eventsOf('notice').filter(({ code }) => code === 'VAPI_APPLICATION_UNREACHABLE').length;
    expect(notices()).toBe(1);
    await fail(200);
    await fail(500);
    expect(notices()).toBe(2);
  });
});

describe('stop', () => {
  it('waits for queued messages up to a limit', async () => {
    const { host, provider, post } = await startForwarding();
    host.respond('POST', APPLICATION, NEVER);
    await post(inProgress);
    const stopped = provider.stop(new AbortController().signal);
    await host.clock.advance(2000);
    await stopped;
    await host.clock.settle();
    expect(host.clock.pending).toBe(0);
  });
});
