import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connect, createDeepgram, LISTEN, rejection } from '../../support/deepgram.ts';

describe.concurrent('an upgrade', () => {
  it.for(['Token', 'Bearer'])(
    'is accepted with the key after "%s", with a request id',
    async (scheme, context) => {
      const simulator = await createDeepgram(context);
      const client = await connect(simulator, LISTEN, { authorization: `${scheme} demo-deepgram-key` });
      expect(client.requestId).toBe(simulator.deepgram.sessions()[0]?.id);
    },
  );

  it('is accepted with the key as a subprotocol, whose first part is returned', async (context) => {
    const simulator = await createDeepgram(context);
    const { socket } = await connect(simulator, LISTEN, {}, ['token', simulator.deepgram.apiKey]);
    expect(socket.protocol).toBe('token');
  });

  it.for(['Token wrong', 'demo-deepgram-key', 'Basic demo-deepgram-key', ''])(
    'is rejected with 401 for the key "%s"',
    async (key, context) => {
      const { status, body } = await rejection(await createDeepgram(context), { key });
      expect([status, JSON.parse(body)]).toEqual([
        401,
        { err_code: 'INVALID_AUTH', err_msg: 'Invalid credentials.', request_id: expect.any(String) },
      ]);
    },
  );

  it('is rejected with the reason in a header and in the body, and with a request id', async (context) => {
    const query = `${LISTEN}&keywords=Meridian:2`;
    const { status, headers, body } = await rejection(await createDeepgram(context), { query });
    const reason = 'Keywords are not supported for Nova-3. Please use `keyterm` instead.';
    expect([status, headers['dg-error'], JSON.parse(body)]).toEqual([
      400,
      reason,
      { err_code: 'INVALID_QUERY_PARAMETER', err_msg: reason, request_id: headers['dg-request-id'] },
    ]);
  });

  it('is rejected in plain text on another path, and for a model without streaming', async (context) => {
    const simulator = await createDeepgram(context);
    expect(await rejection(simulator, { path: '/v3/listen' })).toMatchObject({
      status: 404,
      body: 'Not Found',
    });
    const query = LISTEN.replace('nova-3', 'whisper-large');
    expect(await rejection(simulator, { query })).toMatchObject({ status: 405, body: 'Method Not Allowed' });
  });

  it('is rejected with 429 while too many sockets are open', async (context) => {
    const simulator = await createDeepgram(context, { listenConcurrency: 1 });
    const { socket, closed } = await connect(simulator);
    expect(await rejection(simulator)).toMatchObject({ status: 429 });
    socket.close();
    await closed;
    await expect(connect(simulator)).resolves.toBeDefined();
  });

  it.for([
    [401, 'INVALID_AUTH'],
    [402, 'ASR_PAYMENT_REQUIRED'],
    [403, 'INSUFFICIENT_PERMISSIONS'],
    [429, 'TOO_MANY_REQUESTS'],
    [503, 'Service Unavailable'],
  ] as const)('is rejected with %i the given number of times', async ([status, code], context) => {
    const simulator = await createDeepgram(context, { listenRefused: 2, listenRefusalStatus: status });
    for (const _ of [1, 2]) {
      const rejected = await rejection(simulator);
      expect([rejected.status, JSON.parse(rejected.body)]).toMatchObject([status, { err_code: code }]);
    }
    await expect(connect(simulator)).resolves.toBeDefined();
    simulator.deepgram.setBehaviour({ listenRefused: 1 });
    expect(await rejection(simulator)).toMatchObject({ status });
  });

  it.for([
    ['category', /"category":"TOO_MANY_REQUESTS"/, true],
    ['text', /^upstream connect error/, true],
    ['empty', /^$/, false],
  ] as const)('is rejected in the format "%s"', async ([shape, body, hasHeaders], context) => {
    const simulator = await createDeepgram(context, { listenRefused: 1, listenRefusalShape: shape });
    const rejected = await rejection(simulator);
    expect(rejected.body).toMatch(body);
    expect('dg-error' in rejected.headers).toBe(hasHeaders);
  });

  it('gets no response with listenUnanswered', async (context) => {
    const simulator = await createDeepgram(context, { listenUnanswered: true });
    const { baseUrl } = simulator.deepgram;
    const socket = new WebSocket(`${baseUrl}/v1/listen?${LISTEN}`, { handshakeTimeout: 200 });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('timed out');
    expect(simulator.deepgram.sessions()).toEqual([]);
  });
});

describe('a key', () => {
  it.each(['/v1/auth/token', '/v1/projects'])('is checked by GET %s', async (path) => {
    const { deepgram, close } = await createDeepgram({ onTestFinished: () => {} });
    const ask = (authorization: string): Promise<Response> =>
      fetch(`${deepgram.baseUrl.replace('ws', 'http')}${path}`, { headers: { authorization } });
    expect((await ask('Token demo-deepgram-key')).status).toBe(200);
    const rejected = await ask('Token wrong');
    expect([rejected.status, rejected.headers.get('dg-error')]).toEqual([401, 'Invalid credentials.']);
    await close();
  });
});
