// The messages, their order and the ended reasons are those of the reference's section on WebSocket transport.

import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { UplinkState, VapiBehaviour } from '../../../src/index.ts';
import { listenTo } from '../../support/listener.ts';
import { rms, samplesOf } from '../../support/signal.ts';
import { LOUD, placeAndConnect, QUIET } from '../../support/transport-client.ts';
import type { TransportClient } from '../../support/transport-client.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';

vi.setConfig({ maxConcurrency: 20 });

const BEHAVIOUR: Partial<VapiBehaviour> = { placedScript: 'hello', endpointingMs: 200 };

/** The frames of the first sentence, of 20 ms each. */
const SPEECH_FRAMES = 74;

const uplinkOf = ({ simulator }: Setup, { id }: TransportClient): UplinkState => {
  const uplink = simulator.call(id)?.state().uplink;
  if (uplink === undefined || uplink === null) throw new Error('there is no uplink');
  return uplink;
};

const received = ({ messages }: TransportClient): string[] =>
  messages
    .filter(({ transcriptType }) => transcriptType !== 'partial')
    .map(({ type, status, role }) => [type, status, role].filter(Boolean).join(' '));

const until = async (setup: Setup, client: TransportClient, name: string, count = 1): Promise<void> => {
  await setup.application.until(name, () => received(client).filter((one) => one === name).length >= count);
};

describe.concurrent('a call over the transport socket', () => {
  it('sends its status, speaks, receives a turn of the customer and replies', async (context) => {
    const setup = await createSetup(context, BEHAVIOUR);
    const client = await placeAndConnect(setup);
    await until(setup, client, 'conversation-update');
    client.speak(LOUD);
    await until(setup, client, 'speech-update started user');
    client.speak(QUIET);
    await until(setup, client, 'speech-update stopped assistant', 2);
    await until(setup, client, 'conversation-update', 3);
    expect(received(client)).toEqual([
      'status-update in-progress',
      'assistant.started',
      'speech-update started assistant',
      'voice-input',
      'speech-update stopped assistant',
      'transcript assistant',
      'conversation-update',
      'speech-update started user',
      'speech-update stopped user',
      'transcript user',
      'conversation-update',
      'speech-update started assistant',
      'voice-input',
      'speech-update stopped assistant',
      'transcript assistant',
      'conversation-update',
    ]);
    const turns = client.messages.filter(({ status }) => status === 'started').map(({ turn }) => turn);
    expect(turns).toEqual([0, 1, 2]);
    client.sendJson({ type: 'end-call' });
    expect(await client.closed).toBe(1000);
    expect(client.messages.at(-1)).toEqual({
      type: 'status-update',
      status: 'ended',
      endedReason: 'manually-canceled',
    });
    const state = await setup.simulator.call(client.id)?.over;
    expect(state?.transcript.map(({ text }) => text)).toEqual([
      'Hello, how can I help?',
      'When do you close?',
      'At six. Goodbye!',
    ]);
  });

  it('sends only the assistant, in real time, with silence between', async (context) => {
    const setup = await createSetup(context, BEHAVIOUR);
    const startedAt = performance.now();
    const client = await placeAndConnect(setup);
    client.speak(undefined);
    await until(setup, client, 'speech-update stopped assistant');
    expect(client.frames.every(({ bytes }) => bytes.length === 640)).toBe(true);
    // Frames may be late, but none is early.
    for (const [index, { at }] of client.frames.entries())
      expect(at - startedAt, `frame ${index}`).toBeGreaterThan((index - 1) * 20);
    const loud = client.frames.filter(({ bytes }) => rms(samplesOf(bytes)) > 0).length;
    expect(loud).toBeGreaterThan(60);
    expect(loud).toBeLessThan(client.frames.length);
  });

  it('sends bursts faster than real time, and nothing between', async (context) => {
    const setup = await createSetup(context, { ...BEHAVIOUR, downlinkBurstMs: 5_000 });
    const client = await placeAndConnect(setup);
    await until(setup, client, 'speech-update stopped assistant');
    expect(client.frames).toHaveLength(SPEECH_FRAMES);
    const tookMs = (client.frames.at(-1)?.at ?? 0) - (client.frames[0]?.at ?? 0);
    expect(tookMs).toBeLessThan(SPEECH_FRAMES * 20);
  });

  it('is interrupted by the customer, except in a sentence that forbids it', async (context) => {
    const setup = await createSetup(context, BEHAVIOUR);
    const client = await placeAndConnect(setup);
    await until(setup, client, 'speech-update started assistant');
    client.speak(LOUD);
    await until(setup, client, 'speech-update stopped assistant');
    expect(
      received(client)
        .filter((name) => name !== 'voice-input')
        .slice(2, 6),
    ).toEqual([
      'speech-update started assistant',
      'user-interrupted',
      'speech-update started user',
      'speech-update stopped assistant',
    ]);
    client.sendJson({ type: 'say', content: 'One moment, please.', interruptionsEnabled: false });
    client.speak(QUIET);
    await until(setup, client, 'speech-update started assistant', 2);
    client.speak(LOUD);
    await until(setup, client, 'speech-update started user', 2);
    client.speak(QUIET);
    await setup.application.until('the whole sentence', () =>
      client.messages.some(
        ({ transcript, transcriptType }) =>
          transcriptType === 'final' && transcript === 'One moment, please.',
      ),
    );
    expect(received(client).filter((name) => name === 'user-interrupted')).toHaveLength(1);
  });

  it('measures the pace of the uplink', async (context) => {
    const setup = await createSetup(context, BEHAVIOUR);
    const client = await placeAndConnect(setup);
    await setup.application.until('a second', () => uplinkOf(setup, client).rmsPerSecond.length > 0);
    const steady = uplinkOf(setup, client);
    expect(steady.rmsPerSecond[0]).toBe(0);
    expect(steady.audioMs).toBe(steady.frames * 20);
    expect(steady.bytesFasterThanRealTime).toBe(0);
    for (let frame = 0; frame < 100; frame += 1) client.socket.send(LOUD);
    await setup.application.until('the burst', () => uplinkOf(setup, client).frames >= steady.frames + 100);
    const burst = uplinkOf(setup, client);
    expect(burst.aheadMs).toBeGreaterThan(1_500);
    expect(burst.bytesFasterThanRealTime).toBeGreaterThan(80 * 640);
    client.speak(undefined);
    const { frames } = uplinkOf(setup, client);
    const at = Date.now();
    await setup.application.until('a gap', () => Date.now() - at > 300);
    client.speak(QUIET);
    await setup.application.until('more', () => uplinkOf(setup, client).frames > frames + 3);
    expect(uplinkOf(setup, client).largestGapMs).toBeGreaterThan(250);
    expect(Math.max(...uplinkOf(setup, client).rmsPerSecond)).toBeGreaterThan(4_000);
  });

  it('uses mu-law at 8 kHz if requested', async (context) => {
    const setup = await createSetup(context, BEHAVIOUR);
    const format = { format: 'mulaw', container: 'raw', sampleRate: 8_000 };
    const client = await placeAndConnect(setup, format, Buffer.alloc(160, 0xff));
    await until(setup, client, 'speech-update started assistant');
    await setup.application.until('audio', () => uplinkOf(setup, client).frames > 5);
    expect(client.frames.every(({ bytes }) => bytes.length === 160)).toBe(true);
    const { frames, audioMs } = uplinkOf(setup, client);
    expect(audioMs).toBe(frames * 20);
  });

  it('ends after silence, without audio, and without a connection', async (context) => {
    const reasons = async (
      behaviour: Partial<VapiBehaviour>,
      frame: Buffer | undefined,
    ): Promise<unknown> => {
      const setup = await createSetup(context, { ...BEHAVIOUR, ...behaviour });
      const client = await placeAndConnect(setup);
      client.speak(frame);
      await client.closed;
      return setup.simulator.call(client.id)?.state().endedReason;
    };
    expect(
      await Promise.all([
        // Silence is audio too: it prevents the audio timeout, not the silence timeout.
        reasons({ silenceTimeoutMs: 700, customerAudioTimeoutMs: 1_000 }, QUIET),
        reasons({ customerAudioTimeoutMs: 300 }, undefined),
      ]),
    ).toEqual(['silence-timed-out', 'call.in-progress.error-assistant-did-not-receive-customer-audio']);
    const setup = await createSetup(context, { ...BEHAVIOUR, transportJoinMs: 60 });
    const { apiBaseUrl, apiKey } = setup.simulator.vapi;
    await fetch(`${apiBaseUrl}/call`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}` },
      body: JSON.stringify({ assistantId: 'a', transport: { provider: 'vapi.websocket' } }),
    });
    await setup.application.until('the end', () => setup.simulator.calls()[0]?.over);
    expect(setup.simulator.calls()[0]?.endedReason).toContain('transport-never-connected');
  });

  it('ends when its socket closes, and accepts only one socket', async (context) => {
    const setup = await createSetup(context, BEHAVIOUR);
    const client = await placeAndConnect(setup);
    const url = `${setup.simulator.url.replace('http', 'ws')}/${client.id}/transport`;
    const second = new WebSocket(url);
    await new Promise((resolve) => second.on('error', resolve));
    client.socket.close(1000);
    await client.closed;
    expect(await setup.simulator.call(client.id)?.over).toMatchObject({ endedReason: 'customer-ended-call' });
    const other = await placeAndConnect(setup);
    other.sendJson({ type: 'hangup' });
    await other.closed;
    expect(setup.simulator.call(other.id)?.state().endedReason).toBe('customer-ended-call');
  });

  it('accepts commands from its socket and its control URL, and ignores invalid ones', async (context) => {
    const setup = await createSetup(context, BEHAVIOUR);
    const client = await placeAndConnect(setup);
    client.sendJson({ type: 'conversation-update' });
    client.sendJson({
      type: 'add-message',
      message: { role: 'system', content: 'x' },
      triggerResponseEnabled: false,
    });
    await fetch(`${setup.simulator.url}/${client.id}/control`, {
      method: 'POST',
      body: JSON.stringify({ type: 'control', control: 'mute-assistant' }),
    });
    await setup.application.until('all of them', () => uplinkOf(setup, client).ignored === 1);
    expect(setup.simulator.call(client.id)?.state()).toMatchObject({
      commands: ['add-message', 'mute-assistant'],
      muted: { assistant: true },
    });
  });

  it('accepts listeners; the uplink is the customer', async (context) => {
    const setup = await createSetup(context, BEHAVIOUR);
    const client = await placeAndConnect(setup);
    const listener = await listenTo(`${setup.simulator.url.replace('http', 'ws')}/${client.id}/listen`);
    await until(setup, client, 'speech-update stopped assistant');
    client.speak(LOUD);
    await setup.application.until('the customer', () =>
      listener.frames.some(({ customer }) => rms(customer) > 4_000),
    );
    expect(listener.frames.some(({ assistant }) => rms(assistant) > 300)).toBe(true);
  });
});
