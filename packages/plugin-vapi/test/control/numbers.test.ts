import { describe, expect, it } from 'vitest';
import { callRequestOf } from '../../src/control/call-request.ts';
import { transferMessage } from '../../src/control/control-messages.ts';

const numbers = { phoneNumberId: 'number-1' };
const place = (to: string, providerOptions: object = {}) =>
  callRequestOf({ to, assistantId: 'a', providerOptions: { ...numbers, ...providerOptions } }).body;

describe('a telephone number', () => {
  it.each(['4155550100', '1001', 'not a number'])('%s is not called or transferred to', (number) => {
    const invalid = (argument: string) =>
      expect.objectContaining({ code: 'INPUT_INVALID', details: expect.objectContaining({ argument }) });
    expect(() => place(number)).toThrow(invalid('to'));
    expect(() => transferMessage({ number })).toThrow(invalid('number'));
  });

  it('may be another one if the options disable the check at Vapi', () => {
    const options = { numberE164CheckEnabled: false };
    expect(transferMessage({ number: '1001', providerOptions: options })).toMatchObject({
      destination: { type: 'number', number: '1001', ...options },
    });
    expect(place('1001', { customer: options })).toMatchObject({ customer: { number: '1001', ...options } });
  });

  it('may be missing if the options name the customer', () => {
    expect(place('', { customer: { number: '+14155550100' } })).toMatchObject({
      customer: { number: '+14155550100' },
    });
  });

  it('may be a SIP URI', () => {
    expect(place('sip:ana@example.com')).toMatchObject({ customer: { sipUri: 'sip:ana@example.com' } });
  });
});
