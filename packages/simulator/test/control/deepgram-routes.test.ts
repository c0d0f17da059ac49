import { describe, expect, it } from 'vitest';
import { connect, createDeepgram, refusal } from '../support/deepgram.ts';

describe('the control surface of Deepgram', () => {
  it('changes dials, shows sockets and cuts them', async (context) => {
    const simulator = await createDeepgram(context);
    const ask = (method: string, path: string, body?: object): Promise<Response> =>
      fetch(`${simulator.url}/simulator/deepgram${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    expect((await ask('PUT', '/behaviour', { listenRefused: 1, listenRefusalStatus: 402 })).status).toBe(204);
    expect((await refusal(simulator)).status).toBe(402);
    const client = await connect(simulator);
    const other = await connect(simulator);
    expect(await (await ask('GET', '/sessions')).json()).toMatchObject([
      { id: client.requestId, status: 'open', received: {} },
      { id: other.requestId, status: 'open' },
    ]);
    expect(await (await ask('POST', '/cut', { session: client.requestId })).json()).toEqual({ cut: 1 });
    expect((await client.closed).code).toBe(1006);
    expect(await (await ask('POST', '/cut')).json()).toEqual({ cut: 1 });
    expect((await other.closed).code).toBe(1006);
  });

  it.each([
    ['PUT', '/behaviour', { latencyMs: 'long' }, 'behaviour.latencyMs must be a number'],
    ['PUT', '/behaviour', { throttle: 101 }, 'behaviour.throttle must be from 0 to 100'],
    [
      'PUT',
      '/behaviour',
      { listenRefusalStatus: 200 },
      'behaviour.listenRefusalStatus must be from 400 to 599',
    ],
    ['PUT', '/behaviour', { odd: 'loud' }, 'behaviour.odd must be one of type, no-type'],
    ['PUT', '/behaviour', [], 'the body must be a JSON object'],
    ['POST', '/cut', { session: 1 }, 'session must be a string'],
    ['POST', '/cut', { call: 'x' }, 'call does not exist'],
  ])('refuses %s %s %j with a sentence', async (method, path, body, error) => {
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
