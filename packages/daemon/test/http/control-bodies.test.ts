import { CONTROL_CAPABILITIES } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { BODIES, parseControl } from '../../src/http/control-bodies.ts';

const VALID: [body: { type: string } & Record<string, unknown>, name: string, args: unknown][] = [
  [{ type: 'say', content: 'Hi' }, 'say', { content: 'Hi', endCallAfterSpoken: false, interrupt: false }],
  [
    { type: 'say', message: 'Bye', endCallAfterSpoken: true, interrupt: true },
    'say',
    { content: 'Bye', endCallAfterSpoken: true, interrupt: true },
  ],
  [{ type: 'say', text: 'Hi' }, 'say', { content: 'Hi', endCallAfterSpoken: false, interrupt: false }],
  [
    {
      type: 'say',
      content: 'new',
      message: 'old',
      text: 'other',
      interruptAssistantEnabled: true,
      interruptionsEnabled: false,
    },
    'say',
    { content: 'new', endCallAfterSpoken: false, interrupt: true },
  ],
  [
    { type: 'add-message', message: { role: 'system', content: 'A VIP.' } },
    'addMessage',
    { role: 'SYSTEM', content: 'A VIP.', triggerResponse: true },
  ],
  [
    { type: 'add-message', message: { role: 'user', content: 'x' }, triggerResponseEnabled: false },
    'addMessage',
    { role: 'USER', content: 'x', triggerResponse: false },
  ],
  [{ type: 'control', control: 'mute-assistant' }, 'mute', { party: 'ASSISTANT' }],
  [{ type: 'control', control: 'unmute-assistant' }, 'unmute', { party: 'ASSISTANT' }],
  [{ type: 'control', control: 'mute-customer' }, 'mute', { party: 'CUSTOMER' }],
  [{ type: 'control', control: 'unmute-customer' }, 'unmute', { party: 'CUSTOMER' }],
  [{ type: 'control', control: 'say-first-message' }, 'sayFirstMessage', {}],
  [{ type: 'end-call' }, 'endCall', {}],
  [
    {
      type: 'transfer',
      destination: { type: 'number', number: '+15005550123', extension: '42', callerId: '+1' },
      content: 'One moment.',
    },
    'transfer',
    { number: '+15005550123', extension: '42', callerId: '+1', content: 'One moment.' },
  ],
  [
    { type: 'transfer', destination: { type: 'number', number: '+1', message: 'Connecting.' } },
    'transfer',
    { number: '+1', content: 'Connecting.' },
  ],
  [
    {
      type: 'transfer',
      destination: { type: 'sip', sipUri: 'sip:a@b', message: '', sipHeaders: { x: 'y' } },
    },
    'transfer',
    { sipUri: 'sip:a@b', providerOptions: { message: '', sipHeaders: { x: 'y' } } },
  ],
  [
    {
      type: 'handoff',
      destination: { type: 'assistant', assistantId: 'a1', contextEngineeringPlan: 'none' },
      content: 'Here is billing.',
    },
    'handoff',
    { assistantId: 'a1', content: 'Here is billing.', providerOptions: { contextEngineeringPlan: 'none' } },
  ],
  [
    { type: 'handoff', destination: { assistant: { name: 'Nova' } } },
    'handoff',
    { assistant: { name: 'Nova' } },
  ],
  [
    { type: 'handoff', destination: { type: 'squad', squadId: 's' } },
    'handoff',
    { providerOptions: { squadId: 's' } },
  ],
  [{ type: 'handoff', destination: { streamUrl: 'wss://agent' } }, 'handoff', { streamUrl: 'wss://agent' }],
];

describe('parseControl', () => {
  test.each(VALID)('converts %j to %s', (body, name, args) => {
    expect(parseControl(body)).toEqual({ name, args });
    expect(Object.keys(CONTROL_CAPABILITIES)).toContain(name);
  });

  test('is tested with every type of body', () => {
    expect(new Set(VALID.map(([{ type }]) => type))).toEqual(new Set(Object.keys(BODIES)));
  });

  test.each<[unknown, string]>([
    [null, 'body'],
    [[], 'body'],
    ['say', 'body'],
    [{}, 'type'],
    [{ type: 7 }, 'type'],
    [{ type: 'send-transport-message' }, 'type'],
    [{ type: 'toString' }, 'type'],
    [{ type: 'say' }, 'content'],
    [{ type: 'say', content: '' }, 'input.content'],
    [{ type: 'say', content: null, message: 'x' }, 'content'],
    [{ type: 'say', message: 7 }, 'message'],
    [{ type: 'say', text: 7 }, 'text'],
    [{ type: 'say', content: 'x'.repeat(10_001) }, 'input.content'],
    [{ type: 'say', content: 'x', endCallAfterSpoken: 'yes' }, 'endCallAfterSpoken'],
    [{ type: 'say', content: 'x', interrupt: 1 }, 'interrupt'],
    [{ type: 'add-message' }, 'message'],
    [{ type: 'add-message', message: 'x' }, 'message'],
    [{ type: 'add-message', message: { role: 'tool', content: 'x' } }, 'message.role'],
    [{ type: 'add-message', message: { role: 'user' } }, 'message.content'],
    [
      { type: 'add-message', message: { role: 'user', content: 'x' }, triggerResponseEnabled: 0 },
      'triggerResponseEnabled',
    ],
    [{ type: 'control' }, 'control'],
    [{ type: 'control', control: 'hold' }, 'control'],
    [{ type: 'transfer' }, 'destination'],
    [{ type: 'transfer', destination: '+1' }, 'destination'],
    [{ type: 'transfer', destination: { number: '+1' } }, 'destination.type'],
    [{ type: 'transfer', destination: { type: 'number' } }, 'destination.number'],
    [{ type: 'transfer', destination: { type: 'number', sipUri: 'sip:x' } }, 'destination.number'],
    [{ type: 'transfer', destination: { type: 'sip', number: '+1' } }, 'destination.sipUri'],
    [
      { type: 'transfer', destination: { type: 'number', number: '+1', extension: 42 } },
      'destination.extension',
    ],
    [
      { type: 'transfer', destination: { type: 'number', number: '+1', callerId: {} } },
      'destination.callerId',
    ],
    [{ type: 'transfer', destination: { type: 'number', number: '+1' }, content: 1 }, 'content'],
    [{ type: 'handoff' }, 'destination'],
    [{ type: 'handoff', destination: {} }, 'destination'],
    [{ type: 'handoff', destination: { type: 'assistant' } }, 'destination'],
    [{ type: 'handoff', destination: { assistantId: 'a', assistant: {} } }, 'destination'],
    [{ type: 'handoff', destination: { assistantId: '' } }, 'input.destination.assistantId'],
    [{ type: 'handoff', destination: { assistant: 'Nova' } }, 'destination.assistant'],
    [{ type: 'handoff', destination: { streamUrl: 'https://x' } }, 'input.destination.streamUrl'],
  ])('rejects %j with the path of the field: %s', (body, argument) => {
    expect(() => parseControl(body)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', details: expect.objectContaining({ argument }) }),
    );
  });
});
