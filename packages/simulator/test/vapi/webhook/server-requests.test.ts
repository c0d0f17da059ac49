// The types, their limits and the three formats of tool arguments are those of the reference's section on messages that
// need a response.

import { describe, expect, it, vi } from 'vitest';
import type { Answer, SimulatedCall } from '../../../src/index.ts';
import { ASSISTANT_REQUEST_MS } from '../../../src/vapi/webhook/server-requests.ts';
import type { VapiMessage } from '../../support/application.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';

async function live(setup: Setup): Promise<SimulatedCall> {
  const call = setup.simulator.startCall({ provider: 'vapi', script: 'hello' });
  await setup.application.until('in progress', () => call.state().status === 'in-progress');
  return call;
}

async function sendRequest(setup: Setup, call: SimulatedCall, request: object): Promise<Answer> {
  const url = `${setup.simulator.url}/simulator/calls/${call.id}/requests`;
  const before = call.state().answers?.length ?? 0;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(request) });
  expect(response.status).toBe(202);
  return setup.application.until('an answer', () => {
    const answer = call.state().answers?.[before];
    return answer?.outcome === 'pending' ? undefined : answer;
  });
}

/** Makes the application answer messages of a type. */
function answering({ application }: Setup, type: string, body: object, delayMs = 0): void {
  application.respond = (request) =>
    (JSON.parse(request.body) as { message: VapiMessage }).message.type === type
      ? { status: 200, body: JSON.stringify(body), delayMs }
      : { status: 200 };
}

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('a message that needs an answer', () => {
  it('is sent with its arguments in three formats, and its answer is recorded', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup);
    const body = { results: [{ toolCallId: 'call_0001', name: 'lookupPolicy', result: 'active' }] };
    answering(setup, 'tool-calls', body, 30);
    const answer = await sendRequest(setup, call, { type: 'tool-calls', arguments: { number: '9' } });
    expect(answer).toMatchObject({ status: 200, body: JSON.stringify(body), outcome: 'answered' });
    expect(answer.ms).toBeGreaterThanOrEqual(25);
    await sendRequest(setup, call, { type: 'tool-calls', spelling: 'object', arguments: { number: '9' } });
    await sendRequest(setup, call, {
      type: 'tool-calls',
      spelling: 'documentation',
      arguments: { number: '9' },
    });
    const lists = setup.application
      .vapi('tool-calls')
      .map(({ toolCallList }) => (toolCallList as unknown[])[0]);
    expect(lists).toMatchObject([
      { id: 'call_0001', type: 'function', function: { arguments: '{"number":"9"}' } },
      { function: { arguments: { number: '9' } } },
      { name: 'lookupPolicy', parameters: { number: '9' } },
    ]);
    call.hangUp();
    await call.over;
    expect(setup.application.vapi('end-of-call-report')[0]?.['messages']).toContainEqual(
      expect.objectContaining({ role: 'tool_call_result', toolCallId: 'call_0001', result: 'active' }),
    );
  });

  it('has a timeout, and records a rejection', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup);
    answering(setup, 'function-call', { result: 'late' }, 2_000);
    const late = await sendRequest(setup, call, { type: 'function-call', timeoutMs: 150 });
    expect(late).toMatchObject({ status: null, body: '', outcome: 'timeout' });
    expect(late.ms).toBeGreaterThanOrEqual(140);
    setup.application.respond = () => ({ status: 500, body: 'no' });
    const rejected = await sendRequest(setup, call, { type: 'knowledge-base-request' });
    expect(rejected).toMatchObject({ status: 500, body: 'no', outcome: 'answered' });
    expect(setup.application.vapi('knowledge-base-request')[0]).toHaveProperty('messagesOpenAIFormatted');
  });

  it('moves the call to the destination of the answer', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup);
    answering(setup, 'handoff-destination-request', {
      destination: { type: 'assistant', assistantName: 'Billing' },
    });
    await sendRequest(setup, call, { type: 'handoff-destination-request' });
    await setup.application.until('Billing', () => setup.application.vapi('transfer-update')[0]);
    answering(setup, 'transfer-destination-request', {
      destination: { type: 'number', number: '+15005550123', message: '' },
    });
    await sendRequest(setup, call, { type: 'transfer-destination-request' });
    expect((await call.over).endedReason).toBe('assistant-forwarded-call');
  });

  it('decides whether a call without an assistant is answered', async (context) => {
    const setup = await createSetup(context);
    const start = async (): Promise<string | null> => {
      const call = setup.simulator.startCall({
        provider: 'vapi',
        script: 'brief',
        behaviour: { assistantRequest: true },
      });
      return (await call.over).endedReason;
    };
    expect(await start()).toBe('assistant-request-returned-no-assistant');
    setup.application.respond = () => ({ status: 500 });
    expect(await start()).toBe('assistant-request-failed');
    answering(setup, 'assistant-request', { assistantId: 'a3c9e7f1-4b58-4d02-8f6e-7d15b02c98ab' });
    expect(await start()).toBe('customer-ended-call');
    expect(ASSISTANT_REQUEST_MS).toBe(7_500);
  });

  it('is rejected with a message if its type is unknown', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup);
    for (const body of [{}, { type: 'voice-request' }, { type: 'tool-calls', spelling: 'odd' }]) {
      const url = `${setup.simulator.url}/simulator/calls/${call.id}/requests`;
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error: expect.stringContaining('expected one of') });
    }
  });
});
