import { describe, expect, it } from 'vitest';
import { decodeClientMessage } from '../../../src/deepgram/connection/client-message.ts';

const decode = (message: unknown, model = 'nova-3'): unknown =>
  decodeClientMessage(typeof message === 'string' ? message : JSON.stringify(message), model);

describe('decodeClientMessage', () => {
  it.each([
    [{ type: 'KeepAlive' }, { type: 'KeepAlive' }],
    [{ type: 'CloseStream' }, { type: 'CloseStream' }],
    [{ type: 'Finalize' }, { type: 'Finalize', channel: undefined }],
    [
      { type: 'Finalize', channel: 1 },
      { type: 'Finalize', channel: 1 },
    ],
    [
      { type: 'Configure', keyterms: ['Asha'], features: { numerals: true } },
      { type: 'Configure', keyterms: ['Asha'] },
    ],
    [
      { type: 'Configure', keyterms: [] },
      { type: 'Configure', keyterms: [] },
    ],
    [
      { type: 'Configure', keyterms: null },
      { type: 'Configure', keyterms: undefined },
    ],
  ])('accepts %j', (message, expected) => {
    expect(decode(message)).toEqual(expected);
  });

  it.each([
    ['hello', 'expected an object'],
    ['[1]', 'expected an object'],
    [{}, 'unknown variant `undefined`'],
    [{ type: 'ForceEndTurn' }, 'unknown variant `ForceEndTurn`'],
    [{ type: 'Finalize', channel: 'left' }, 'channel must be an integer'],
    [{ type: 'Configure', keyterm: ['Asha'] }, 'unknown field `keyterm`'],
    [{ type: 'Configure', keyterms: 'Asha' }, 'keyterms must be a list of strings'],
  ])('answers %j with an Error', (message, problem) => {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    expect(decode(message)).toEqual({
      type: 'invalid',
      answer: {
        type: 'Error',
        variant: 'SchemaError',
        description: `Could not deserialize last text message: ${problem}`,
        message: text,
      },
    });
  });

  it('does not reject too many key terms', () => {
    const keyterms = Array.from({ length: 501 }, () => 'word');
    expect(decode({ type: 'Configure', keyterms })).toEqual({ type: 'overload' });
    expect(decode({ type: 'Configure', keyterms: keyterms.slice(1) })).toMatchObject({ type: 'Configure' });
  });

  it('accepts key terms only with Nova-3', () => {
    expect(decode({ type: 'Configure', keyterms: ['Asha'] }, 'nova-2')).toMatchObject({
      type: 'invalid',
      answer: { variant: 'InvalidConfigureMessage', code: 'KeytermsNotSupported' },
    });
  });
});
