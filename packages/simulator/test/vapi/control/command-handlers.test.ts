import { describe, expect, it, vi } from 'vitest';
import type { SimulatedCall } from '../../../src/index.ts';
import { listenTo } from '../../support/listener.ts';
import { rms } from '../../support/signal.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';

async function inProgress(setup: Setup, script = 'hello'): Promise<SimulatedCall> {
  const call = setup.simulator.startCall({ provider: 'vapi', script });
  await setup.application.until('in progress', () => call.state().status === 'in-progress');
  return call;
}

async function control(
  { simulator }: Setup,
  { id }: SimulatedCall,
  command: object | string,
): Promise<Response> {
  const body = typeof command === 'string' ? command : JSON.stringify(command);
  const headers = { 'content-type': 'application/json' };
  return fetch(`${simulator.url}/${id}/control`, { method: 'POST', headers, body });
}

const finals = ({ application }: Setup): string[] =>
  application
    .vapi('transcript')
    .filter(({ transcriptType }) => transcriptType === 'final')
    .map(({ role, transcript }) => `${String(role)}: ${String(transcript)}`);

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('the control URL of a Vapi call', () => {
  it('speaks a sentence after the current one, on the assistant channel, with a transcript', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup);
    await setup.application.until('speech', () => setup.application.vapi('speech-update').length > 0);
    const listener = await listenTo(`${setup.simulator.url.replace('http', 'ws')}/${call.id}/listen`);
    const response = await control(setup, call, { type: 'say', content: 'One moment, please.' });
    expect(response.status).toBe(200);
    expect(response.headers.get('connection')).toBe('close');
    const state = await call.over;
    expect(finals(setup)).toEqual([
      'assistant: Hello, how can I help?',
      'assistant: One moment, please.',
      'user: When do you close?',
      'assistant: At six. Goodbye!',
    ]);
    expect(state.commands).toEqual(['say']);
    expect(state.said).toMatchObject([{ text: 'One moment, please.', startedAt: expect.any(Number) }]);
    // The assistant's sentences last 1.48 s, 1.38 s and 1.56 s.
    expect(listener.frames.filter(({ assistant }) => rms(assistant) > 0).length).toBeGreaterThan(180);
  });

  it('cuts off the current sentence for one with interrupt, and keeps its partial transcript', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup);
    await setup.application.until('a word', () => setup.application.vapi('transcript').length > 0);
    await control(setup, call, {
      type: 'say',
      message: 'Bye.',
      interruptAssistantEnabled: true,
      endCallAfterSpoken: true,
    });
    const { endedReason } = await call.over;
    expect(finals(setup)[0]).toMatch(/^assistant: Hello,( how)?$/);
    expect(endedReason).toBe('assistant-ended-call-after-message-spoken');
  });

  it('mutes a party, which is then silent and not transcribed', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup);
    await control(setup, call, { type: 'control', control: 'mute-customer' });
    const { muted } = await call.over;
    expect(muted).toEqual({ customer: true, assistant: false });
    expect(finals(setup)).toEqual(['assistant: Hello, how can I help?', 'assistant: At six. Goodbye!']);
  });

  it('unmutes a party', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup);
    await control(setup, call, { type: 'control', control: 'mute-assistant' });
    await setup.application.until('the customer', () => finals(setup).length > 0);
    await control(setup, call, { type: 'control', control: 'unmute-assistant' });
    await call.over;
    expect(finals(setup)).toEqual(['user: When do you close?', 'assistant: At six. Goodbye!']);
  });

  it('speaks the first message again', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup);
    await control(setup, call, { type: 'control', control: 'say-first-message' });
    await call.over;
    expect(finals(setup).filter((text) => text === 'assistant: Hello, how can I help?')).toHaveLength(2);
  });

  it('adds a message to the history, with or without a response', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup);
    const message = { role: 'system', content: 'The customer is a VIP.' };
    await control(setup, call, { type: 'add-message', message, triggerResponseEnabled: false });
    await control(setup, call, { type: 'add-message', message });
    await call.over;
    const history = setup.application.vapi('conversation-update').at(-1)?.['conversation'];
    expect(history).toContainEqual({ role: 'system', content: 'The customer is a VIP.' });
    expect(finals(setup).filter((text) => text.includes('I have noted that'))).toHaveLength(1);
  });

  it('ends the call', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup);
    expect((await control(setup, call, { type: 'end-call' })).status).toBe(200);
    expect((await call.over).endedReason).toBe('manually-canceled');
    expect(setup.application.vapi('status-update').at(-1)).toMatchObject({ status: 'ended' });
  });

  it('announces a transfer, reports it, and ends the call', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup);
    const destination = { type: 'number', number: '+15005550123' };
    await control(setup, call, { type: 'transfer', destination, content: 'I am transferring you now.' });
    expect((await call.over).endedReason).toBe('assistant-forwarded-call');
    const received = setup.application
      .vapi()
      .map(({ type, status }) => [type, status].filter(Boolean).join(' '));
    expect(received.slice(-4)).toEqual([
      'transfer-update',
      'status-update forwarding',
      'status-update ended',
      'end-of-call-report',
    ]);
    expect(finals(setup)).toContain('assistant: I am transferring you now.');
    expect(setup.application.vapi('transfer-update')[0]).toMatchObject({ destination });
  });

  it('hands the call over to another assistant, who continues', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup);
    await control(setup, call, {
      type: 'handoff',
      destination: { type: 'assistant', assistantName: 'Billing' },
    });
    expect((await call.over).endedReason).toBe('customer-ended-call');
    expect(setup.application.vapi('transfer-update')[0]).toMatchObject({
      fromAssistant: { name: 'Nova' },
      toAssistant: { name: 'Billing' },
    });
    expect(setup.application.vapi('assistant.started')[1]).toMatchObject({
      newAssistant: { name: 'Billing' },
    });
    expect(setup.application.vapi('transcript').at(-1)).toMatchObject({ assistantName: 'Billing' });
  });

  it('rejects an invalid command with 400 and an error body', async (context) => {
    const setup = await createSetup(context);
    const call = await inProgress(setup);
    const response = await control(setup, call, { type: 'whisper' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      message: [expect.any(String)],
      error: 'Bad Request',
      statusCode: 400,
    });
    expect(call.state().commands).toEqual([]);
  });

  it('rejects a command with 400 for a call that has ended, is not in progress, or is unknown', async (context) => {
    const setup = await createSetup(context);
    const ended = await inProgress(setup);
    ended.hangUp();
    const queued = setup.simulator.startCall({ provider: 'vapi', behaviour: { queuedMs: 60_000 } });
    const unknown = { ...ended, id: '00000000-0000-7000-8000-000000000000' };
    for (const call of [ended, queued, unknown]) {
      const response = await control(setup, call, { type: 'say', content: 'hello' });
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ message: 'Call not active' });
      expect(response.headers.get('connection')).toBe('close');
    }
  });
});
