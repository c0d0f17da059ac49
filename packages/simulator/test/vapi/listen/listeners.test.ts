import { describe, expect, it, vi } from 'vitest';
import type { SimulatedCall } from '../../../src/index.ts';
import { isFrame, listenTo, rejectionOf } from '../../support/listener.ts';
import { rms } from '../../support/signal.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';

const urlOf = ({ simulator }: Setup, { id }: SimulatedCall): string =>
  `${simulator.url.replace('http', 'ws')}/${id}/listen`;

/** Removes the fields that only webhooks have. */
function withoutEnvelope(message: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(message).filter(([key]) => key !== 'timestamp' && key !== 'call'));
}

const inProgress = ({ application }: Setup, call: SimulatedCall): Promise<boolean> =>
  application.until('in progress', () => call.state().status === 'in-progress');

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('listening to a Vapi call', () => {
  it('is rejected with 400 before the call is in progress, and for an unknown call', async (context) => {
    const setup = await createSetup(context);
    const call = setup.simulator.startCall({ provider: 'vapi', behaviour: { queuedMs: 60_000 } });
    const rejected = { status: 400, body: '{"message":"Call not active"}' };
    expect(await rejectionOf(urlOf(setup, call))).toEqual(rejected);
    call.hangUp();
    await call.over;
    expect(await rejectionOf(urlOf(setup, call))).toEqual(rejected);
    expect(await rejectionOf(urlOf(setup, { ...call, id: '00000000-0000-7000-8000-000000000000' }))).toEqual(
      rejected,
    );
  });

  it('sends each party on its channel, between the messages that its speech started and stopped', async (context) => {
    const setup = await createSetup(context);
    const call = setup.simulator.startCall({ provider: 'vapi', script: 'hello' });
    await inProgress(setup, call);
    const listener = await listenTo(urlOf(setup, call));
    await listener.closed;

    const speaking = { user: false, assistant: false };
    const loudness: Record<keyof typeof speaking, number[]> = { user: [], assistant: [] };
    const outside: number[] = [];
    for (const item of listener.received) {
      if (isFrame(item)) {
        (speaking.user ? loudness.user : outside).push(rms(item.customer));
        (speaking.assistant ? loudness.assistant : outside).push(rms(item.assistant));
      } else if (item['type'] === 'speech-update') {
        speaking[item['role'] as keyof typeof speaking] = item['status'] === 'started';
      }
    }
    expect(listener.frames.every(({ customer }) => customer.length === 320)).toBe(true);
    expect(outside.every((level) => level === 0)).toBe(true);
    const { user, assistant } = loudness;
    expect([user.length, assistant.length]).toEqual([49, 74 + 78]); // 0.98 s, and 1.48 s and 1.56 s
    for (const levels of [user, assistant]) {
      expect(levels.filter((level) => level > 300).length).toBeGreaterThan(levels.length * 0.7);
    }
  });

  it('sends frames in real time', async (context) => {
    const setup = await createSetup(context);
    const call = setup.simulator.startCall({ provider: 'vapi', script: 'hello' });
    await inProgress(setup, call);
    const startedAt = performance.now();
    const listener = await listenTo(urlOf(setup, call));
    await setup.application.until('two seconds', () => listener.frames.length >= 100);
    // Frames may be late, but none is early.
    expect(performance.now() - startedAt).toBeGreaterThan((listener.frames.length - 1) * 20);
  });

  it('sends the same messages as webhooks, without an envelope, and closes when the call ends', async (context) => {
    const setup = await createSetup(context);
    const call = setup.simulator.startCall({ provider: 'vapi', script: 'hello' });
    await inProgress(setup, call);
    const listener = await listenTo(urlOf(setup, call));
    expect(await listener.closed).toBe(1000);
    await call.over;
    const bare = setup.application
      .vapi()
      .map((message) => withoutEnvelope(message))
      .filter(
        ({ type }) =>
          type !== 'status-update' && type !== 'assistant.started' && type !== 'end-of-call-report',
      );
    expect(bare.length).toBeGreaterThan(15);
    expect(listener.messages.filter(({ type }) => type !== 'assistant.started')).toEqual([
      ...bare,
      { type: 'status-update', status: 'ended', endedReason: 'customer-ended-call' },
    ]);
  });

  it('is shown in the state of the call', async (context) => {
    const setup = await createSetup(context);
    const call = setup.simulator.startCall({ provider: 'vapi', script: 'hello' });
    await inProgress(setup, call);
    const listener = await listenTo(urlOf(setup, call));
    await setup.application.until('a frame', () => listener.frames.length > 0);
    expect(call.state().streams).toMatchObject([{ status: 'open', url: urlOf(setup, call) }]);
    call.hangUp();
    await listener.closed;
    await setup.application.until('closed', () => call.state().streams[0]?.status === 'closed');
  });
});
