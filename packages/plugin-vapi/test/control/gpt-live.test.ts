/** Calls of GPT-Live assistants, and capabilities that Vapi refuses. */
import type { Capability, CommandId, ControlName } from '@sidetone/core';
import { createCommandContext, createControlledCall } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { isGptLive } from '../../src/calls/gpt-live.ts';
import { start, type Harness } from '../harness.ts';
import { CALL, CONTROL_URL, LISTEN_URL } from '../samples.ts';

const context = createCommandContext();
const controlled = createControlledCall(CALL);
const LIVE = { model: { provider: 'openai', model: 'gpt-live-1' } };
const phone = (carrier: string) => ({ type: 'outboundPhoneCall', phoneCallProvider: carrier });
const message = (call: object, fields: object = {}) => ({
  message: {
    type: 'status-update',
    status: 'in-progress',
    ...fields,
    call: { id: CALL, type: 'webCall', monitor: { listenUrl: LISTEN_URL, controlUrl: CONTROL_URL }, ...call },
  },
});
const capabilities = ({ provider }: Harness): readonly Capability[] =>
  provider.controlsFor!({ ...controlled, status: 'IN_PROGRESS' });
const run = ({ provider }: Harness, control: ControlName, args: object) =>
  (provider.controls![control] as (...all: unknown[]) => Promise<void>)(controlled, args, {
    ...context,
    commandId: 'cmd_1' as CommandId,
  });

async function startWith(call: object, fields: object = {}): Promise<Harness> {
  const harness = await start();
  await harness.post(message(call, fields));
  return harness;
}

describe('isGptLive', () => {
  it.each([
    [LIVE, true],
    [{ model: { provider: 'openai-gpt-live' } }, true],
    [
      { model: { provider: 'openai', speaker: { model: 'gpt-live-1-mini' }, reasoner: { model: 'gpt-5' } } },
      true,
    ],
    [{ model: { provider: 'openai', model: 'gpt-4o' } }, false],
    [{ model: 'gpt-live-1' }, false],
    [{}, false],
    [null, false],
  ])('of %j is %s', (assistant, expected) => {
    expect(isGptLive(assistant)).toBe(expected);
  });
});

describe('a GPT-Live call', () => {
  it.each([
    ['a web call', { assistant: LIVE }, {}, ['ADD_MESSAGE', 'END_CALL']],
    ['the overrides', { assistantOverrides: LIVE }, {}, ['ADD_MESSAGE', 'END_CALL']],
    ['the assistant of the message', {}, { assistant: LIVE }, ['ADD_MESSAGE', 'END_CALL']],
    [
      'a call over Twilio',
      { ...phone('twilio'), assistant: LIVE },
      {},
      ['ADD_MESSAGE', 'END_CALL', 'TRANSFER'],
    ],
    [
      'a call over Vapi SIP',
      { ...phone('vapi'), assistant: LIVE },
      {},
      ['ADD_MESSAGE', 'END_CALL', 'TRANSFER'],
    ],
    ['a call over Telnyx', { ...phone('telnyx'), assistant: LIVE }, {}, ['ADD_MESSAGE', 'END_CALL']],
  ])('has its own capabilities: %s', async (_what, call, fields, expected) => {
    expect(capabilities(await startWith(call, fields))).toEqual(expected);
  });

  it('stays one when later call objects do not show the assistant', async () => {
    const harness = await startWith({ assistant: LIVE });
    await harness.post(message({}));
    expect(capabilities(harness)).toEqual(['ADD_MESSAGE', 'END_CALL']);
  });

  it('is one for the next instance', async () => {
    const first = await startWith({ ...phone('twilio'), assistant: LIVE });
    const { clock, state } = first.host;
    const second = await start({}, { clock, state });
    expect(capabilities(second)).toEqual(['ADD_MESSAGE', 'END_CALL', 'TRANSFER']);
  });

  it('has no listen socket, so none is opened', async () => {
    const { host } = await startWith({ assistant: LIVE });
    host.answerDials(() => {});
    host.setDemand('levels', CALL, true);
    await host.clock.advance(60_000);
    expect(host.dials).toEqual([]);
  });

  it.each([
    ['SYSTEM', 'instructions'],
    ['ASSISTANT', 'thinking'],
    ['USER', 'commentary'],
  ])('gets a message of the role %s as context of the kind %s', async (role, kind) => {
    const harness = await startWith({ assistant: LIVE });
    harness.host.respond('POST', CONTROL_URL, { status: 200 });
    await run(harness, 'addMessage', { role, content: 'The customer is a VIP.', triggerResponse: true });
    expect(harness.host.requests.at(-1)?.json).toEqual({
      type: 'append-context',
      kind,
      content: 'The customer is a VIP.',
    });
  });
});

describe('a command that Vapi does not support for a call', () => {
  const ALL = capabilities;
  const inProgress = { json: { id: CALL, status: 'in-progress' } };

  it.each([
    ['say', { content: 'Hi.', endCallAfterSpoken: false, interrupt: false }, 'SAY'],
    ['mute', { party: 'CUSTOMER' }, 'MUTE_CUSTOMER'],
    ['mute', { party: 'ASSISTANT' }, 'MUTE_ASSISTANT'],
    ['sayFirstMessage', {}, 'SAY_FIRST_MESSAGE'],
    ['transfer', { number: '+15005550006' }, 'TRANSFER'],
    ['handoff', { assistantId: 'a' }, 'HANDOFF'],
  ] as const)('is not offered again: %s %j', async (control, args, capability) => {
    const harness = await startWith({});
    const { host } = harness;
    const before = ALL(harness);
    host.respond('POST', CONTROL_URL, {
      status: 400,
      json: { message: 'Not supported for GPT-Live calls.' },
    });
    host.respond('GET', /call/, inProgress);
    await expect(run(harness, control, args)).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
    expect(ALL(harness)).toEqual(before.filter((each) => each !== capability));
  });

  it.each([
    [400, 'destination.number must be a valid phone number in the E.164 format'],
    [401, 'Unauthorized: not supported'],
    [429, 'not supported at this rate'],
    [503, 'unsupported'],
  ])('is still offered after %i %s', async (status, reason) => {
    const harness = await startWith({});
    const before = ALL(harness);
    harness.host.respond('POST', CONTROL_URL, { status, json: { message: reason } });
    harness.host.respond('GET', /call/, inProgress);
    await expect(run(harness, 'transfer', { number: '+15005550006' })).rejects.toThrow();
    expect(ALL(harness)).toEqual(before);
  });
});

describe('a GPT-Live call over the WebSocket transport', () => {
  const place = async (audioFormat?: object) => {
    const harness = await start();
    harness.host.respond('POST', 'https://api.vapi.ai/call', {
      status: 201,
      json: { id: CALL, type: 'vapi.websocketCall', status: 'queued' },
    });
    harness.host.respond('GET', /call/, { status: 404 });
    await harness.provider.placeCall!(
      {
        to: '',
        providerOptions: {
          assistant: LIVE,
          transport: { provider: 'vapi.websocket', ...(audioFormat && { audioFormat }) },
        },
      },
      context,
    );
    return harness.host.requests[0]?.json;
  };

  it.each([undefined, {}, { format: 'pcm_s16le' }, { sampleRate: 24_000 }])(
    'has 24 kHz with the format %j',
    async (audioFormat) => {
      expect(await place(audioFormat)).toMatchObject({
        transport: { audioFormat: { format: 'pcm_s16le', container: 'raw', sampleRate: 24_000 } },
      });
    },
  );

  it.each([
    [{ sampleRate: 16_000 }, 'sampleRate'],
    [{ format: 'mulaw' }, 'format'],
  ])('is rejected with the format %j', async (audioFormat, argument) => {
    await expect(place(audioFormat)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument: `providerOptions.transport.audioFormat.${argument}` },
    });
  });
});
