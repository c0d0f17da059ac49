import { describe, expect, it } from 'vitest';
import { CONTROLS, decodeCommand } from '../../../src/vapi/control/commands.ts';

const decode = (body: object): unknown => decodeCommand(JSON.stringify(body));

describe('decodeCommand', () => {
  it.each(['content', 'message'])('accepts the text of a say in %s', (key) => {
    expect(decode({ type: 'say', [key]: 'hello' })).toEqual({
      type: 'say',
      text: 'hello',
      interrupt: false,
      endCall: false,
      interruptible: true,
    });
  });

  it('decodes the documented options of say', () => {
    const body = { type: 'say', content: 'bye', interruptAssistantEnabled: true, endCallAfterSpoken: true };
    expect(decode(body)).toMatchObject({ interrupt: true, endCall: true });
    expect(decode({ type: 'say', content: 'bye', interruptionsEnabled: false })).toMatchObject({
      interruptible: false,
    });
  });

  it('decodes add-message; the assistant responds by default', () => {
    const message = { role: 'system', content: 'Be kind.' };
    expect(decode({ type: 'add-message', message })).toMatchObject({ content: 'Be kind.', respond: true });
    expect(decode({ type: 'add-message', message, triggerResponseEnabled: false })).toMatchObject({
      respond: false,
    });
  });

  it.each(CONTROLS)('decodes the control %s', (control) => {
    expect(decode({ type: 'control', control })).toEqual({ type: 'control', control });
  });

  it('keeps a destination unchanged', () => {
    const destination = { type: 'number', number: '+15005550123', extension: '42' };
    expect(decode({ type: 'transfer', destination })).toEqual({
      type: 'transfer',
      destination,
      content: undefined,
    });
  });

  it('accepts all documented kinds of destinations', () => {
    for (const destination of [
      { type: 'number', number: 'desk7', numberE164CheckEnabled: false },
      { type: 'number', number: '+15005550123', transferPlan: { mode: 'warm-transfer-say-message' } },
      { type: 'sip', sipUri: 'sip:desk7@pbx.example.net' },
    ])
      expect(decode({ type: 'transfer', destination })).toMatchObject({ destination });
    for (const destination of [
      { type: 'assistant', assistantId: 'a', contextEngineeringPlan: 'none' },
      { type: 'assistant', assistantName: 'Billing', contextEngineeringPlan: { type: 'all' } },
      { type: 'squad', squadId: 's', entryAssistantName: 'Triage' },
      { type: 'dynamic', server: { url: 'https://example.net' } },
    ])
      expect(decode({ type: 'handoff', destination })).toMatchObject({ destination });
  });

  it.each([
    { transport: 'vapi.sip', sipVerb: 'INFO', headers: {}, body: 'Signal=5' },
    { transport: 'twilio', twiml: '<Response/>' },
  ])('decodes the transport message %j', (message) => {
    expect(decode({ type: 'send-transport-message', message })).toEqual({
      type: 'send-transport-message',
      message,
    });
  });

  it.each([
    ['invalid JSON', '{"type":'],
    ['an array', '["say"]'],
    ['an object without a type', '{}'],
    ['an unknown type', '{"type":"whisper"}'],
    ['a type of every object', '{"type":"toString"}'],
    ['an envelope', '{"message":{"type":"say","content":"hello"}}'],
    ['a say without a text', '{"type":"say"}'],
    ['an unknown control', '{"type":"control","control":"explode"}'],
    ['an unknown role', '{"type":"add-message","message":{"role":"boss","content":"x"}}'],
    ['a transfer without a destination', '{"type":"transfer"}'],
    ['an invalid number', '{"type":"transfer","destination":{"type":"number","number":"12"}}'],
    ['a number that is not E.164', '{"type":"transfer","destination":{"type":"number","number":"5550123"}}'],
    ['a SIP destination without a URI', '{"type":"transfer","destination":{"type":"sip"}}'],
    [
      'an unknown transfer mode',
      '{"type":"transfer","destination":{"type":"sip","sipUri":"sip:a@b","transferPlan":{"mode":"hot"}}}',
    ],
    ['a handoff without an assistant', '{"type":"handoff","destination":{"type":"assistant"}}'],
    ['an unknown transport', '{"type":"send-transport-message","message":{"transport":"pigeon"}}'],
    ['a handoff to a number', '{"type":"handoff","destination":{"type":"number"}}'],
  ])('returns an error text for %s', (_, body) => {
    expect(decodeCommand(body)).toBeTypeOf('string');
  });
});
