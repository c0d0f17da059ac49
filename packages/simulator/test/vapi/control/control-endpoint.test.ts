// Faults of the control URL, and the commands with several outcomes.

import { describe, expect, it, vi } from 'vitest';
import type { SimulatedCall, VapiBehaviour } from '../../../src/index.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';

async function live(
  setup: Setup,
  behaviour: Partial<VapiBehaviour> = {},
  script = 'hello',
): Promise<SimulatedCall> {
  const call = setup.simulator.startCall({ provider: 'vapi', script, behaviour });
  await setup.application.until('in progress', () => call.state().status === 'in-progress');
  return call;
}

function control(
  { simulator }: Setup,
  { id }: SimulatedCall,
  command: object,
  headers: Record<string, string> = {},
  timeoutMs = 10_000,
): Promise<Response> {
  return fetch(`${simulator.url}/${id}/control`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(command),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
}

const MUTE = { type: 'control', control: 'mute-customer' };
const WARM = {
  mode: 'warm-transfer-say-message',
  fallbackPlan: { message: 'Hello.', endCallEnabled: false },
};

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('the control URL', () => {
  it('requires the public key with authentication', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup, { controlAuthenticationEnabled: true });
    const { publicKey, apiKey } = setup.simulator.vapi;
    expect((await control(setup, call, MUTE)).status).toBe(401);
    expect((await control(setup, call, MUTE, { authorization: `Bearer ${apiKey}` })).status).toBe(401);
    expect(call.state().commands).toEqual([]);
    expect((await control(setup, call, MUTE, { authorization: `Bearer ${publicKey}` })).status).toBe(200);
    expect(call.state().commands).toEqual(['mute-customer']);
  });

  it('delays the response, and executes the command or not', async (context) => {
    const setup = await createSetup(context);
    const executed = await live(setup, { controlHangMs: 300, controlStatus: 202 });
    const begun = performance.now();
    expect((await control(setup, executed, MUTE)).status).toBe(202);
    expect(performance.now() - begun).toBeGreaterThan(280);
    expect(executed.state().commands).toEqual(['mute-customer']);
    const ignored = await live(setup, { controlHangMs: 60_000, controlHangExecutes: false });
    await expect(control(setup, ignored, MUTE, {}, 200)).rejects.toThrow('timeout');
    expect(ignored.state().commands).toEqual([]);
  });

  it('fails the given number of times, then works', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup, { controlFailures: 1 });
    expect((await control(setup, call, MUTE)).status).toBe(503);
    expect(call.state().commands).toEqual([]);
    expect((await control(setup, call, MUTE)).status).toBe(200);
  });

  it('redirects without executing the command', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup, { controlRedirect: 'http://127.0.0.1:1/' });
    const response = await control(setup, call, MUTE);
    expect([response.status, response.headers.get('location')]).toEqual([302, 'http://127.0.0.1:1/']);
    expect(call.state().commands).toEqual([]);
  });

  it('breaks the connection before or after the command is executed', async (context) => {
    const setup = await createSetup(context);
    const before = await live(setup, { controlDrop: 'before' });
    await expect(control(setup, before, MUTE)).rejects.toThrow('fetch failed');
    expect(before.state().commands).toEqual([]);
    const after = await live(setup, { controlDrop: 'after' });
    await expect(control(setup, after, MUTE)).rejects.toThrow('fetch failed');
    expect(after.state().commands).toEqual(['mute-customer']);
  });

  it('can be changed during a call, and disabled for one call', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup);
    const change = (body: object): Promise<Response> =>
      fetch(`${setup.simulator.url}/simulator/calls/${call.id}/behaviour`, {
        method: 'PUT',
        body: JSON.stringify(body),
      });
    expect((await change({ controlEnabled: false })).status).toBe(204);
    expect((await control(setup, call, MUTE)).status).toBe(400);
    expect((await change({ controlEnabled: 'no' })).status).toBe(400);
  });
});

describe.concurrent('a command', () => {
  it('say is accepted and never spoken with sayUnspoken', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup, { sayUnspoken: true });
    expect((await control(setup, call, { type: 'say', content: 'Hello.' })).status).toBe(200);
    call.hangUp();
    expect(await call.over).toMatchObject({ commands: ['say'], said: [] });
  });

  it('is recorded as received, including unknown fields', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup);
    const commands = [
      {
        type: 'handoff',
        destination: { type: 'assistant', assistantName: 'Billing', contextEngineeringPlan: 'none' },
      },
      {
        type: 'handoff',
        destination: { type: 'squad', squadId: 's', contextEngineeringPlan: { type: 'all' } },
      },
      { type: 'send-transport-message', message: { transport: 'twilio', twiml: '<Response/>' } },
      { type: 'say', content: 'Hello.', interruptionsEnabled: false, colour: 'red' },
    ];
    for (const command of commands) expect((await control(setup, call, command)).status).toBe(200);
    expect(call.state().received?.map(({ body }) => body)).toEqual(commands);
  });

  it('a warm transfer returns when the operator does not answer', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup, { operator: 'does-not-answer', forwardingMs: 40 }, 'brief');
    const destination = { type: 'number', number: '+15005550123', message: '', transferPlan: WARM };
    await control(setup, call, { type: 'transfer', destination });
    await setup.application.until('the end', () => call.state().over);
    const received = setup.application.vapi('status-update').map(({ status }) => status);
    expect(received.slice(-4)).toEqual(['in-progress', 'forwarding', 'in-progress', 'ended']);
    expect(call.state()).toMatchObject({ endedReason: 'customer-ended-call', said: [{ text: 'Hello.' }] });
  });

  it('a warm transfer ends the call if its fallback says so, or the operator answers', async (context) => {
    const setup = await createSetup(context);
    const plan = { mode: 'warm-transfer-say-message', fallbackPlan: { endCallEnabled: true } };
    const destination = { type: 'sip', sipUri: 'sip:a@b', message: '', transferPlan: plan };
    const silent = await live(setup, { operator: 'does-not-answer', forwardingMs: 40 });
    await control(setup, silent, { type: 'transfer', destination });
    expect((await silent.over).endedReason).toBe('call.forwarding.no-answer');
    const answered = await live(setup, { forwardingMs: 40 });
    await control(setup, answered, { type: 'transfer', destination });
    expect((await answered.over).endedReason).toBe('assistant-forwarded-call');
  });
});
