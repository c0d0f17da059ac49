import { describe, expect, it } from 'vitest';
import { connect, createDeepgram, rejection } from '../support/deepgram.ts';

describe('the control API of Deepgram', () => {
  it('changes the behaviour, lists sockets and breaks connections', async (context) => {
    const simulator = await createDeepgram(context);
    const request = (method: string, path: string, body?: object): Promise<Response> =>
      fetch(`${simulator.url}/simulator/deepgram${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    expect((await request('PUT', '/behaviour', { listenRefused: 1, listenRefusalStatus: 402 })).status).toBe(
      204,
    );
    expect((await rejection(simulator)).status).toBe(402);
    const client = await connect(simulator);
    const other = await connect(simulator);
    expect(await (await request('GET', '/sessions')).json()).toMatchObject([
      { id: client.requestId, status: 'open', received: {} },
      { id: other.requestId, status: 'open' },
    ]);
    expect(await (await request('POST', '/cut', { session: client.requestId })).json()).toEqual({ cut: 1 });
    expect((await client.closed).code).toBe(1006);
    expect(await (await request('POST', '/cut')).json()).toEqual({ cut: 1 });
    expect((await other.closed).code).toBe(1006);
  });

  it.each([
    ['PUT', '/behaviour', { latencyMs: 'long' }, 'behaviour.latencyMs: expected a number'],
    ['PUT', '/behaviour', { throttle: 101 }, 'behaviour.throttle: expected a number from 0 to 100'],
    [
      'PUT',
      '/behaviour',
      { listenRefusalStatus: 200 },
      'behaviour.listenRefusalStatus: expected a number from 400 to 599',
    ],
    ['PUT', '/behaviour', { odd: 'loud' }, 'behaviour.odd: expected one of type, no-type'],
    ['PUT', '/behaviour', [], 'expected a JSON object'],
    ['POST', '/cut', { session: 1 }, 'session: expected a string'],
    ['POST', '/cut', { call: 'x' }, 'call: unknown field'],
  ])('rejects %s %s %j with a message', async (method, path, body, error) => {
    const simulator = await createDeepgram({ onTestFinished: () => {} });
    const response = await fetch(`${simulator.url}/simulator/deepgram${path}`, {
      method,
      body: JSON.stringify(body),
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: expect.stringContaining(error) },
    ]);
    await simulator.close();
  });
});
