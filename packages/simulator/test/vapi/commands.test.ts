import { describe, expect, it } from 'vitest';
import { CONTROLS, decodeCommand } from '../../src/vapi/commands.ts';

const decode = (body: object): unknown => decodeCommand(JSON.stringify(body));

describe('a command of the control URL', () => {
  it.each(['content', 'message'])('says what stands in %s', (key) => {
    expect(decode({ type: 'say', [key]: 'hello' })).toEqual({
      type: 'say',
      text: 'hello',
      interrupt: false,
      endCall: false,
    });
  });

  it('says with the options that are documented', () => {
    const body = { type: 'say', content: 'bye', interruptAssistantEnabled: true, endCallAfterSpoken: true };
    expect(decode(body)).toMatchObject({ interrupt: true, endCall: true });
  });

  it('adds a message, and lets the assistant respond unless told otherwise', () => {
    const message = { role: 'system', content: 'Be kind.' };
    expect(decode({ type: 'add-message', message })).toMatchObject({ content: 'Be kind.', respond: true });
    expect(decode({ type: 'add-message', message, triggerResponseEnabled: false })).toMatchObject({
      respond: false,
    });
  });

  it.each(CONTROLS)('knows the control %s', (control) => {
    expect(decode({ type: 'control', control })).toEqual({ type: 'control', control });
  });

  it('keeps a destination as it came', () => {
    const destination = { type: 'number', number: '+15005550123', extension: '42' };
    expect(decode({ type: 'transfer', destination })).toEqual({
      type: 'transfer',
      destination,
      content: undefined,
    });
  });

  it.each([
    ['no JSON', '{"type":'],
    ['no object', '["say"]'],
    ['no type', '{}'],
    ['an unknown type', '{"type":"whisper"}'],
    ['a type of every object', '{"type":"toString"}'],
    ['an envelope', '{"message":{"type":"say","content":"hello"}}'],
    ['nothing to say', '{"type":"say"}'],
    ['an unknown control', '{"type":"control","control":"explode"}'],
    ['an unknown role', '{"type":"add-message","message":{"role":"boss","content":"x"}}'],
    ['no destination', '{"type":"transfer"}'],
    ['a handoff to a number', '{"type":"handoff","destination":{"type":"number"}}'],
  ])('is refused with a sentence when it has %s', (_, body) => {
    expect(decodeCommand(body)).toBeTypeOf('string');
  });
});
