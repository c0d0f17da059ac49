import { describe, expect, it, vi } from 'vitest';
import type { SimulatedCall } from '../../../src/index.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';

const KEYS = {
  'x-auth-id': 'MA_DEMO',
  'x-auth-token': 'demo-vobiz-token',
  'content-type': 'application/json',
};

async function rest(
  { simulator }: Setup,
  method: string,
  path: string,
  { body, headers = KEYS }: { body?: object; headers?: Record<string, string> } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(simulator.vobiz.apiBaseUrl + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
}

async function inProgress({ simulator, application }: Setup): Promise<SimulatedCall> {
  const call = simulator.startCall({ provider: 'vobiz', script: 'hello' });
  await application.until('in progress', () => call.state().status === 'in-progress');
  return call;
}

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('the REST API of Vobiz', () => {
  it('lists the application with its URLs', async (context) => {
    const setup = await createSetup(context);
    expect(await rest(setup, 'GET', '/Account/MA_DEMO/Application/?limit=100')).toMatchObject({
      status: 200,
      body: {
        objects: [
          { app_name: 'Front desk', answer_url: expect.stringMatching(/^http/), answer_method: 'POST' },
        ],
      },
    });
  });

  it('lists live calls and shows one of them', async (context) => {
    const setup = await createSetup(context);
    const { id } = await inProgress(setup);
    expect(await rest(setup, 'GET', '/Account/MA_DEMO/Call/?status=live')).toMatchObject({
      status: 200,
      body: { api_id: expect.any(String), calls: [id] },
    });
    expect(await rest(setup, 'GET', `/Account/MA_DEMO/Call/${id}/?status=live`)).toMatchObject({
      status: 200,
      body: {
        call_uuid: id,
        call_status: 'in-progress',
        direction: 'inbound',
        from: expect.stringMatching(/^91/),
      },
    });
  });

  it('lists a call as queued until its application has answered', async (context) => {
    const setup = await createSetup(context);
    setup.application.answer = () => 503;
    const { id } = setup.simulator.startCall({ provider: 'vobiz', behaviour: { retryPauseMs: 60_000 } });
    const listed = async (status: string): Promise<unknown> =>
      (await rest(setup, 'GET', `/Account/MA_DEMO/Call/?status=${status}`)).body['calls'];
    expect([await listed('queued'), await listed('live')]).toEqual([[id], []]);
  });

  it('hangs up a call; afterwards it is not found', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup);
    const path = `/Account/MA_DEMO/Call/${call.id}/`;
    expect(await rest(setup, 'DELETE', path)).toEqual({ status: 204, body: {} });
    expect((await rest(setup, 'DELETE', path)).status).toBe(404);
    expect(await rest(setup, 'GET', `${path}?status=live`)).toMatchObject({
      status: 404,
      body: { error: 'call not found' },
    });
    await call.over;
    expect(setup.application.forms('Hangup')).toMatchObject([
      { HangupCauseCode: '4000', HangupSource: 'API Request' },
    ]);
  });

  it('speaks a text to the leg and responds when it is queued', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup);
    const path = `/Account/MA_DEMO/Call/${call.id}/Speak/`;
    const body = { text: 'One moment, please.', legs: 'both' };
    expect(await rest(setup, 'POST', path, { body })).toMatchObject({
      status: 202,
      body: { message: 'speak started' },
    });
    await rest(setup, 'POST', path, { body: { text: 'Only the callee hears this.', legs: 'bleg' } });
    const { transcript, said } = await call.over;
    expect(transcript.map(({ text }) => text)).toContain('One moment, please.');
    expect(transcript.map(({ text }) => text)).not.toContain('Only the callee hears this.');
    expect(said.map(({ text }) => text)).toEqual(['One moment, please.', 'Only the callee hears this.']);
  });

  it('stops speaking', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup);
    const path = `/Account/MA_DEMO/Call/${call.id}/Speak/`;
    await rest(setup, 'POST', path, { body: { text: 'a text that is cut off' } });
    expect((await rest(setup, 'DELETE', path)).status).toBe(204);
    const { transcript } = await call.over;
    expect(transcript.map(({ text }) => text)).not.toContain('a text that is cut off');
  });

  it('rejects an empty or too long text', async (context) => {
    const setup = await createSetup(context);
    const { id } = await inProgress(setup);
    for (const body of [{}, { text: ' ' }, { text: 'x'.repeat(501) }, { text: 'x', legs: 'all' }]) {
      expect((await rest(setup, 'POST', `/Account/MA_DEMO/Call/${id}/Speak/`, { body })).status).toBe(400);
    }
  });

  it('checks keys', async (context) => {
    const setup = await createSetup(context);
    expect((await rest(setup, 'GET', '/auth/me')).status).toBe(200);
    const rejected = { status: 401, body: { api_id: expect.any(String), error: 'authentication failed' } };
    for (const wrong of [{}, { 'x-auth-id': 'MA_OTHER' }, { 'x-auth-token': 'wrong' }]) {
      const headers: Record<string, string> = Object.keys(wrong).length === 0 ? {} : { ...KEYS, ...wrong };
      expect(await rest(setup, 'GET', '/auth/me', { headers })).toEqual(rejected);
      expect(await rest(setup, 'GET', '/Account/MA_DEMO/Call/?status=live', { headers })).toEqual(rejected);
    }
    expect((await rest(setup, 'GET', '/Account/MA_OTHER/Call/?status=live')).status).toBe(401);
  });

  it('rejects wrong case like wrong keys, and a missing trailing slash with 404', async (context) => {
    const setup = await createSetup(context);
    for (const path of ['/account/MA_DEMO/Call/?status=live', '/Account/MA_DEMO/call/?status=live']) {
      expect((await rest(setup, 'GET', path)).status).toBe(401);
    }
    for (const path of ['/Account/MA_DEMO/Call?status=live', '/Account/MA_DEMO/Fax/', '/nothing']) {
      expect(await rest(setup, 'GET', path)).toEqual({ status: 404, body: { message: 'Not Found' } });
    }
  });
});
