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

describe('a message that Vapi waits for', () => {
  it("is answered with the application's own status, type and body", async () => {
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

  it('may be answered with sound', async () => {
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

  it('goes on byte by byte, with its headers but those of the connection', async () => {
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
    const [request] = host.requests;
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
  ])('%s is given up before Vapi does, after %i ms, with 504', async (type, deadlineMs) => {
    const { host, post } = await startForwarding();
    host.respond('POST', APPLICATION, NEVER);
    let answer: unknown;
    void post({ message: { type, call: { id: CALL, type: 'webCall' } } }).then((given) => (answer = given));
    await host.clock.advance(deadlineMs - 1);
    expect(answer).toBeUndefined();
    await host.clock.advance(1);
    expect(answer).toMatchObject({ status: 504 });
    expect(host.eventsOf('notice')).toMatchObject([{ code: 'VAPI_APPLICATION_UNREACHABLE' }]);
  });

  it.each([
    ['its own failure', { status: 503, text: 'down' }, 503],
    ['a refusal', { status: 404, text: 'no' }, 404],
    ['a redirect, which is not followed', { status: 302, headers: { location: 'http://10.0.0.1/' } }, 502],
    [
      'a broken connection',
      () => {
        throw connectionFailure('ECONNREFUSED');
      },
      502,
    ],
  ])('fails as the application fails: %s', async (_what, reply, status) => {
    const { host, post } = await startForwarding();
    host.respond('POST', APPLICATION, reply);
    expect(await post(sample('handoff-destination-request'))).toMatchObject({ status });
    expect(host.requests).toHaveLength(1);
  });

  it('may be one that we do not know or cannot read: the application decides', async () => {
    const { host, post } = await startForwarding();
    host.respond('POST', APPLICATION, { status: 202, text: 'mine' });
    for (const body of [{ message: { type: 'brand.new.request' } }, { nothing: 'of ours' }, []]) {
      expect(await post(body)).toMatchObject({ status: 202 });
    }
    expect(host.requests).toHaveLength(3);
  });

  it('is not forwarded when nobody proves that Vapi sent it', async () => {
    const { host, post } = await startForwarding({ webhook: { secret: 'hook-secret' } });
    await expect(post(inProgress)).rejects.toMatchObject({ code: 'WEBHOOK_UNAUTHENTICATED' });
    expect(host.requests).toEqual([]);
  });
});

describe('a message that tells something', () => {
  it('is answered at once, and kept by us, whatever the application does with it', async () => {
    const { host, post } = await startForwarding();
    host.respond('POST', APPLICATION, NEVER);
    expect(await post(inProgress)).toMatchObject({ status: 200, body: '{}' });
    expect(host.eventsOf('call.started')).toHaveLength(1);
    await host.clock.settle();
    expect(host.requests.map(({ json }) => json)).toEqual([inProgress]);
  });

  it('comes behind those of its call, and not behind those of another', async () => {
    const { host, post } = await startForwarding();
    const answers: (() => void)[] = [];
    host.respond('POST', APPLICATION, () => new Promise((resolve) => answers.push(() => resolve({}))));
    const typesSent = (): unknown[] =>
      host.requests.map(({ json }: FakeRequest) => (json as { message: { type: string } }).message.type);
    const tell = (type: string, id: string) => post({ message: { type, call: { id, type: 'webCall' } } });
    await tell('hang', CALL);
    await tell('user-interrupted', CALL);
    await tell('conversation-update', OTHER_CALL);
    await host.clock.settle();
    expect(typesSent()).toEqual(['hang', 'conversation-update']);
    answers[0]!();
    await host.clock.settle();
    expect(typesSent()).toEqual(['hang', 'conversation-update', 'user-interrupted']);
  });

  it('is dropped when too many wait, and that is said once', async () => {
    const { host, post } = await startForwarding({ forward: { queueLimit: 2 } });
    host.respond('POST', APPLICATION, NEVER);
    for (let i = 0; i < 5; i++) expect(await post(inProgress)).toMatchObject({ status: 200 });
    expect(host.logs.filter(({ level }) => level === 'warn')).toMatchObject([{ fields: { limit: 2 } }]);
    await host.clock.advance(3 * 18_000);
    expect(host.requests).toHaveLength(2);
  });

  it('lets the operator know once that the application is down, and again after it was up', async () => {
    const { host, post } = await startForwarding();
    const fail = async (status: number): Promise<void> => {
      host.respond('POST', APPLICATION, { status });
      await post(sample('hang'));
      await host.clock.settle();
    };
    for (const status of [500, 503, 500]) await fail(status);
    const downs = () =>
      host.eventsOf('notice').filter(({ code }) => code === 'VAPI_APPLICATION_UNREACHABLE').length;
    expect(downs()).toBe(1);
    await fail(200);
    await fail(500);
    expect(downs()).toBe(2);
  });
});

describe('a stop', () => {
  it('hands on what waits, for a moment, and leaves nothing behind', async () => {
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
