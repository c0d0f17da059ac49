// Fields, limits and error bodies are those of the reference's section on REST.

import { describe, expect, it, vi } from 'vitest';
import type { VapiBehaviour } from '../../../src/index.ts';
import { decodeCallRequest } from '../../../src/vapi/rest/placement.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';

const ASSISTANT = '0f6b6b1e-6a0d-4a53-9d27-5f2a5a6f3b10';
const PHONE = {
  assistantId: ASSISTANT,
  phoneNumberId: '8f0f7c1c-0c0b-4c0e-8f60-9b6a5b8f0a11',
  customer: { number: '+15005550006', name: 'Ana' },
};
const SOCKET = { assistantId: ASSISTANT, transport: { provider: 'vapi.websocket' } };

async function rest(
  { simulator }: Setup,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown>; retryAfter: string | null }> {
  const response = await fetch(simulator.vapi.apiBaseUrl + path, {
    method,
    headers: { authorization: `Bearer ${simulator.vapi.apiKey}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : { text }) as Record<
      string,
      unknown
    >,
    retryAfter: response.headers.get('retry-after'),
  };
}

const quick = (behaviour: Partial<VapiBehaviour> = {}): Partial<VapiBehaviour> => ({
  placedScript: 'brief',
  ...behaviour,
});

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('a call that is placed over REST', () => {
  it('rings, is answered, speaks, and contains the customer', async (context) => {
    const setup = await createSetup(context, quick());
    const { status, body } = await rest(setup, 'POST', '/call', { ...PHONE, name: 'renewal 0412' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      type: 'outboundPhoneCall',
      status: 'queued',
      name: 'renewal 0412',
      customer: PHONE.customer,
      assistantId: ASSISTANT,
      monitor: { listenUrl: expect.any(String), controlUrl: expect.any(String) },
      subscriptionLimits: { concurrencyLimit: 10, remainingConcurrentCalls: 9 },
    });
    const state = await setup.simulator.call(String(body['id']))?.over;
    expect(state).toMatchObject({ status: 'ended', transcript: [{ text: 'Hello.' }, { text: 'Goodbye.' }] });
    expect(setup.application.vapi('status-update').map(({ status }) => status)).toEqual([
      'queued',
      'ringing',
      'in-progress',
      'ended',
    ]);
  });

  it('applies the assistant overrides', async (context) => {
    const setup = await createSetup(context, quick());
    const { body } = await rest(setup, 'POST', '/call', {
      ...PHONE,
      assistantOverrides: {
        monitorPlan: { listenEnabled: false, controlAuthenticationEnabled: true },
        serverMessages: ['status-update'],
        server: { url: `${setup.application.url}/own`, headers: { 'X-Tenant': 'oak' }, secret: 's' },
      },
    });
    expect(body['monitor']).toEqual({ controlUrl: expect.any(String) });
    const call = setup.simulator.vapi.call(String(body['id']));
    expect(call?.behaviour).toMatchObject({ controlAuthenticationEnabled: true });
    await call?.over;
    expect(new Set(setup.application.requests.map(({ path }) => path))).toEqual(new Set(['/own']));
    expect(setup.application.requests).toHaveLength(4);
    expect(setup.application.requests[0]?.headers).toMatchObject({ 'x-tenant': 'oak', 'x-vapi-secret': 's' });
  });

  it('over the transport socket contains the URL to connect to, but no monitor URLs', async (context) => {
    const setup = await createSetup(context);
    const { status, body } = await rest(setup, 'POST', '/call', {
      ...SOCKET,
      transport: {
        provider: 'vapi.websocket',
        audioFormat: { format: 'mulaw', container: 'raw', sampleRate: 8_000 },
      },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      type: 'vapi.websocketCall',
      transport: {
        audioFormat: { format: 'mulaw', sampleRate: 8_000 },
        websocketCallUrl: `${setup.simulator.url.replace('http', 'ws')}/${String(body['id'])}/transport`,
      },
    });
    expect(body).not.toHaveProperty('monitor');
    expect((await rest(setup, 'GET', `/call/${String(body['id'])}`)).body).toHaveProperty('monitor');
  });

  it('is one of a batch, whose invalid customers are rejected', async (context) => {
    const setup = await createSetup(context, quick());
    const { customer: _, ...others } = PHONE;
    const { status, body } = await rest(setup, 'POST', '/call', {
      ...others,
      customers: [{ number: '+15005550006' }, { number: '+1500555' }, { number: '12' }],
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      results: [{ customer: { number: '+15005550006' } }, { customer: { number: '+1500555' } }],
      errors: [{ customer: { number: '12' }, error: expect.stringContaining('customer.number') }],
      subscriptionLimits: { remainingConcurrentCalls: 8 },
    });
  });

  it('is rejected over the concurrency limit, can be scheduled, renamed and deleted', async (context) => {
    const setup = await createSetup(context, quick({ concurrencyLimit: 1 }));
    const earliestAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await rest(setup, 'POST', '/call', { ...PHONE, schedulePlan: { earliestAt } });
    expect(body['status']).toBe('scheduled');
    expect((await rest(setup, 'POST', '/call', PHONE)).body).toMatchObject({
      message: 'Over Concurrency Limit',
      statusCode: 400,
    });
    const path = `/call/${String(body['id'])}`;
    expect((await rest(setup, 'PATCH', path, { name: 'later' })).body['name']).toBe('later');
    expect((await rest(setup, 'PATCH', path, { status: 'ended' })).status).toBe(400);
    expect((await rest(setup, 'DELETE', path)).status).toBe(200);
    expect((await rest(setup, 'GET', path)).status).toBe(404);
    expect(setup.simulator.call(String(body['id']))?.state().endedReason).toBe('call-deleted');
  });

  it('ends unanswered with the given reason', async (context) => {
    const setup = await createSetup(context, quick({ unansweredReason: 'customer-busy' }));
    const { body } = await rest(setup, 'POST', '/call', PHONE);
    expect(await setup.simulator.call(String(body['id']))?.over).toMatchObject({
      endedReason: 'customer-busy',
      startedAt: null,
    });
  });
});

describe('decodeCallRequest', () => {
  it.each([
    [{}, 'one of assistantId'],
    [{ ...PHONE, colour: 'red' }, 'property colour should not exist'],
    [{ ...PHONE, name: 'x'.repeat(41) }, 'name must be shorter'],
    [{ ...PHONE, customer: { number: '5550006' } }, 'E.164'],
    [{ assistantId: ASSISTANT, customer: PHONE.customer }, 'phone number'],
    [{ assistantId: ASSISTANT, phoneNumberId: 'p' }, 'customer'],
    [{ ...PHONE, assistant: { listenEnabled: false } }, 'assistant.property listenEnabled should not exist'],
    [{ ...PHONE, assistantOverrides: { server: { url: 'here' } } }, 'server.url must be a URL'],
    [{ ...PHONE, schedulePlan: { earliestAt: 'soon' } }, 'ISO 8601'],
    [{ ...SOCKET, phoneNumberId: 'p' }, 'phoneNumberId must not be given'],
    [{ ...SOCKET, transport: { provider: 'daily' } }, 'phone number'],
    [
      { ...SOCKET, transport: { provider: 'vapi.websocket', audioFormat: { format: 'mp3' } } },
      'format must be one of',
    ],
    [
      { ...SOCKET, transport: { provider: 'vapi.websocket', audioFormat: { format: 'mulaw' } } },
      'sampleRate must be a number',
    ],
  ])('returns all errors of %j', (fields, problem) => {
    const problems = decodeCallRequest(fields);
    expect(problems).toEqual(expect.arrayContaining([expect.stringContaining(problem)]));
  });

  it('accepts a number that is not E.164 if its check is disabled', () => {
    const customer = { number: 'desk7', numberE164CheckEnabled: false };
    expect(decodeCallRequest({ ...PHONE, customer })).toMatchObject({ errors: [] });
  });
});

describe.concurrent('the rate limit of REST', () => {
  it('accepts a burst, then rejects all requests for a while and sends retry-after', async (context) => {
    const setup = await createSetup(context, { restBurst: 2, restLockoutMs: 200 });
    expect((await rest(setup, 'GET', '/call')).status).toBe(200);
    expect((await rest(setup, 'GET', '/call')).status).toBe(200);
    const rejected = await rest(setup, 'GET', '/call');
    expect([rejected.status, rejected.retryAfter]).toEqual([429, '1']);
    const at = Date.now();
    await setup.application.until('the end of it', () => Date.now() > at + 200);
    expect((await rest(setup, 'GET', '/call')).status).toBe(200);
    setup.simulator.vapi.setBehaviour({ restBurst: 1, restRetryAfter: false });
    expect(await rest(setup, 'GET', '/call')).toMatchObject({ status: 429, retryAfter: null });
  });

  it('fails first, rejects user agents, and distinguishes the public key from a wrong one', async (context) => {
    const setup = await createSetup(context, { restFailures: 1, refusedAgents: ['curl/'] });
    expect((await rest(setup, 'GET', '/call')).status).toBe(503);
    expect((await rest(setup, 'GET', '/call')).status).toBe(200);
    expect(await rest(setup, 'GET', '/call', undefined, { 'user-agent': 'curl/8.1' })).toMatchObject({
      status: 403,
      body: { text: 'error code: 1010' },
    });
    const authorization = `Bearer ${setup.simulator.vapi.publicKey}`;
    expect(await rest(setup, 'GET', '/call', undefined, { authorization })).toMatchObject({
      status: 401,
      body: { message: expect.stringContaining('public key was used') },
    });
  });
});
