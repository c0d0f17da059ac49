import { request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';

const KEY = 'demo-vapi-key';

function get({ simulator }: Setup, path: string, key = KEY): Promise<Response> {
  return fetch(simulator.vapi.apiBaseUrl + path, { headers: { authorization: `Bearer ${key}` } });
}

async function list(setup: Setup, query = ''): Promise<{ id: string; createdAt: string }[]> {
  return (await get(setup, `/call${query}`)).json() as Promise<{ id: string; createdAt: string }[]>;
}

describe.concurrent('the REST API of Vapi', () => {
  it('shows a live and an ended call with its monitor URLs', async (context) => {
    const setup = await createSetup(context);
    const call = setup.simulator.startCall({ provider: 'vapi', script: 'renewal' });
    await setup.application.until('in progress', () => call.state().status === 'in-progress');
    const live = (await (await get(setup, `/call/${call.id}`)).json()) as Record<string, unknown>;
    expect(live).toMatchObject({
      id: call.id,
      type: 'outboundPhoneCall',
      status: 'in-progress',
      startedAt: expect.any(String),
      monitor: {
        listenUrl: expect.stringMatching(/^ws:.*\/listen$/),
        controlUrl: expect.stringMatching(/control$/),
      },
    });
    expect(live).not.toHaveProperty('endedAt');
    call.hangUp();
    await call.over;
    expect(await (await get(setup, `/call/${call.id}`)).json()).toMatchObject({
      status: 'ended',
      endedReason: 'customer-ended-call',
      endedAt: expect.any(String),
      artifact: { transcript: expect.any(String) },
    });
  });

  it('lists the assistant with its server URL and its messages, and the numbers', async (context) => {
    const setup = await createSetup(context);
    const [assistant] = (await (await get(setup, '/assistant?limit=100')).json()) as { id: string }[];
    expect(assistant).toMatchObject({
      name: 'Nova',
      server: { url: expect.stringMatching(/^http/) },
      serverMessages: expect.arrayContaining(['status-update', 'transcript', 'end-of-call-report']),
      monitorPlan: { listenEnabled: true, controlAuthenticationEnabled: false },
    });
    expect(await (await get(setup, '/phone-number')).json()).toEqual([]);
  });

  it('lists calls as an array, newest first, up to the limit', async (context) => {
    const setup = await createSetup(context);
    const ids = Array.from({ length: 3 }, () => setup.simulator.startCall({ provider: 'vapi' }).id);
    expect((await list(setup)).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    const [newest, ...others] = await list(setup);
    expect(others.every(({ createdAt }) => createdAt <= (newest?.createdAt ?? ''))).toBe(true);
    expect(await list(setup, '?limit=1')).toEqual([expect.objectContaining({ id: newest?.id })]);
    expect((await get(setup, '/call?limit=1001')).status).toBe(400);
  });

  it('filters by the creation and update times of calls', async (context) => {
    const setup = await createSetup(context);
    const call = setup.simulator.startCall({ provider: 'vapi', behaviour: { queuedMs: 60_000 } });
    const { createdAt } = call.state();
    const at = (ms: number): string => encodeURIComponent(new Date(createdAt + ms).toISOString());
    for (const field of ['createdAt', 'updatedAt']) {
      expect(await list(setup, `?${field}Ge=${at(0)}&${field}Le=${at(50)}`)).toHaveLength(1);
      expect(await list(setup, `?${field}Gt=${at(50)}`)).toHaveLength(0);
      expect(await list(setup, `?${field}Lt=${at(0)}`)).toHaveLength(0);
      expect((await get(setup, `/call?${field}Gt=yesterday`)).status).toBe(400);
    }
  });

  it('rejects a wrong or missing key with 401', async (context) => {
    const setup = await createSetup(context);
    expect(await (await get(setup, '/call', 'public-key')).json()).toMatchObject({
      error: 'Unauthorized',
      statusCode: 401,
    });
    expect((await fetch(`${setup.simulator.vapi.apiBaseUrl}/call`)).status).toBe(401);
  });

  it('answers 404 for an unknown call', async (context) => {
    const setup = await createSetup(context);
    const response = await get(setup, '/call/00000000-0000-7000-8000-000000000000');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ message: 'Call not found', error: 'Not Found', statusCode: 404 });
  });

  it('rejects requests without a user agent before it checks the key', async (context) => {
    const { simulator } = await createSetup(context);
    const [status, body] = await new Promise<[number | undefined, string]>((resolve) => {
      const headers = { authorization: `Bearer ${KEY}` };
      httpRequest(`${simulator.vapi.apiBaseUrl}/call`, { headers }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
        response.on('end', () => resolve([response.statusCode, text]));
      }).end();
    });
    expect([status, body]).toEqual([403, 'error code: 1010']);
  });
});
