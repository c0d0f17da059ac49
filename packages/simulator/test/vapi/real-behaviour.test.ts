// What the real Vapi does and its documentation does not say: squads, default messages, gateways, GPT-Live.

import { describe, expect, it, vi } from 'vitest';
import { createSetup } from '../support/setup.ts';
import type { Setup } from '../support/setup.ts';
import type { SimulatedCall } from '../../src/index.ts';

vi.setConfig({ maxConcurrency: 20 });

async function inProgress(setup: Setup, behaviour: object = {}, script = 'hello'): Promise<SimulatedCall> {
  const call = setup.simulator.startCall({ provider: 'vapi', script, behaviour });
  await setup.application.until('in progress', () => call.state().status === 'in-progress');
  return call;
}

const post = ({ simulator }: Setup, path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(path.startsWith('/') ? `${simulator.url}${path}` : path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

interface Item {
  readonly role: string;
  readonly message: string;
  readonly time: number;
  readonly secondsFromStart: number;
}
interface Report {
  readonly messages: Item[];
  readonly transcript: string;
}
const HANDOFF = { type: 'handoff', destination: { type: 'assistant', assistantName: 'Billing' } };

async function reportAfterHandoff(setup: Setup, behaviour: object): Promise<Report> {
  const call = await inProgress(setup, behaviour);
  await setup.application.until('speech', () => setup.application.vapi('conversation-update').length > 0);
  await post(setup, `/${call.id}/control`, HANDOFF);
  await call.over;
  return setup.application.vapi('end-of-call-report')[0] as unknown as Report;
}

describe.concurrent('the report after a handoff', () => {
  it('contains the last assistant only, whose offsets start again at 0', async (context) => {
    const { messages, transcript } = await reportAfterHandoff(await createSetup(context), {});
    expect(messages[0]).toMatchObject({ role: 'system', message: 'You are Billing.', secondsFromStart: 0 });
    expect(transcript.split('\n').filter((line) => line !== '').length).toBeGreaterThan(messages.length - 1);
    for (const { time, secondsFromStart } of messages.slice(1)) {
      expect(Math.abs(time - messages[0]!.time - secondsFromStart * 1000)).toBeLessThan(2);
    }
  });

  it('contains all assistants with fullMessageHistory, whose offsets restart', async (context) => {
    const { messages } = await reportAfterHandoff(await createSetup(context), { fullMessageHistory: true });
    const offsets = messages.map(({ secondsFromStart }) => secondsFromStart);
    const times = messages.map(({ time }) => time);
    expect(messages.filter(({ role }) => role === 'system')).toHaveLength(2);
    expect(offsets).not.toEqual(offsets.toSorted((a, b) => a - b));
    expect(times.slice(1)).toEqual(times.slice(1).toSorted((a, b) => a - b));
  });
});

describe.concurrent('the default server messages', () => {
  it('contain no transcript', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup, { serverMessages: ['default'] }, 'brief');
    await call.over;
    expect(setup.application.vapi('transcript')).toEqual([]);
    expect(setup.application.vapi('conversation-update').length).toBeGreaterThan(0);
    expect(setup.application.vapi('end-of-call-report')).toHaveLength(1);
  });
});

describe.concurrent('a command that is answered with 502', () => {
  it.for([
    [true, ['end-call']],
    [false, []],
  ] as const)('is executed: %s', async ([controlFailureExecutes, commands], context) => {
    const setup = await createSetup(context);
    const behaviour = { controlFailures: 1, controlFailureStatus: 502, controlFailureExecutes };
    const call = await inProgress(setup, behaviour);
    const response = await post(setup, `/${call.id}/control`, { type: 'end-call' });
    expect(response.status).toBe(502);
    expect(call.state().commands).toEqual(commands);
  });
});

describe.concurrent('a GPT-Live call', () => {
  it.for([
    [{ type: 'append-context', kind: 'commentary', content: 'VIP.' }, 200],
    [{ type: 'append-context', kind: 'whisper', content: 'VIP.' }, 400],
    [{ type: 'say', content: 'Hi.' }, 400],
    [{ type: 'add-message', message: { role: 'user', content: 'x' } }, 400],
    [{ type: 'control', control: 'mute-assistant' }, 400],
    [HANDOFF, 400],
    [{ type: 'transfer', destination: { type: 'number', number: '+15005550123' } }, 200],
    [{ type: 'end-call' }, 200],
  ] as const)('answers %j with %i', async ([command, status], context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup, { gptLive: true });
    expect((await post(setup, `/${call.id}/control`, command)).status).toBe(status);
  });

  it('has a model that shows it, and no listen socket', async (context) => {
    const setup = await createSetup(context);
    await inProgress(setup, { gptLive: true });
    await setup.application.until('a message', () => setup.application.vapi('status-update').length > 0);
    const [message] = setup.application.vapi('status-update') as unknown as { call: object }[];
    expect(message!.call).toMatchObject({ assistant: { model: { model: 'gpt-live-1' } } });
    expect(message!.call).not.toHaveProperty('monitor.listenUrl');
    expect(message!.call).toHaveProperty('monitor.controlUrl');
  });

  it('over the transport socket has 24 kHz only', async (context) => {
    const setup = await createSetup(context);
    const assistant = { model: { provider: 'openai', model: 'gpt-live-1' } };
    const place = (sampleRate: number) =>
      post(
        setup,
        `${setup.simulator.vapi.apiBaseUrl}/call`,
        {
          assistant,
          transport: { provider: 'vapi.websocket', audioFormat: { format: 'pcm_s16le', sampleRate } },
        },
        { authorization: `Bearer ${setup.simulator.vapi.apiKey}`, 'user-agent': 'test' },
      );
    expect((await place(16_000)).status).toBe(400);
    expect((await place(24_000)).status).toBe(201);
  });
});

describe.concurrent('any other call', () => {
  it('rejects append-context', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup);
    const command = { type: 'append-context', kind: 'commentary', content: 'VIP.' };
    expect((await post(setup, `/${call.id}/control`, command)).status).toBe(400);
  });
});
