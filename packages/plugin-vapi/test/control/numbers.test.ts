import { type Country } from '@sidetone/plugin-kit';
import { describe, expect, it } from 'vitest';
import { callRequestOf } from '../../src/control/call-request.ts';
import { handoffMessage, transferMessage } from '../../src/control/control-messages.ts';

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

/** Each place in `providerOptions` that has a telephone number. */
const PLACES: Readonly<Record<string, (number: unknown) => object>> = {
  'customer.number': (number) => ({ customer: { name: 'Ana', number } }),
  'phoneNumber.number': (number) => ({ phoneNumber: { number, twilioAccountSid: 'AC0' } }),
  'phoneNumber.twilioPhoneNumber': (twilioPhoneNumber) => ({ phoneNumber: { twilioPhoneNumber } }),
  'phoneNumber.fallbackDestination.number': (number) => ({
    phoneNumber: { fallbackDestination: { type: 'number', number } },
  }),
  'assistantOverrides.forwardingPhoneNumber': (forwardingPhoneNumber) => ({
    assistantOverrides: { forwardingPhoneNumber },
  }),
  'assistant.model.tools.0.destinations.1.number': (number) => ({
    assistant: { model: { tools: [{ destinations: [{ type: 'sip' }, { type: 'number', number }] }] } },
  }),
};

describe.each(Object.entries(PLACES))('the number in providerOptions.%s', (path, options) => {
  const argument = `providerOptions.${path}`;
  const read = (text: string, country?: Country): unknown =>
    path.split('.').reduce<unknown>(
      (value, name) => (value as Record<string, unknown>)[name],
      callRequestOf(
        {
          to: '',
          assistantId: 'a',
          providerOptions: { customerId: 'c', phoneNumberId: 'p', ...options(text) },
        },
        country,
      ).body,
    );

  it.each([
    '+1 415-555-0100',
    'tel:+14155550100',
    '\u202A+14155550100\u202C',
    '0014155550100',
    '+１４１５５５５０１００',
  ])('%j is sent in E.164', (text) => expect(read(text)).toBe('+14155550100'));

  it('is completed with the country', () => expect(read('080 5555 1234', 'IN')).toBe('+918055551234'));

  it.each(['not a number', '080 5555 1234', '', '+1 415 555 0100 x12'])('%j is rejected by name', (text) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', details: expect.objectContaining({ argument }) }),
    );
  });

  it('may be a variable', () => expect(read('{{customer.number}}')).toBe('{{customer.number}}'));
});

describe('a destination in providerOptions', () => {
  const transfer = (providerOptions: object, country?: Country) =>
    transferMessage({ number: '+14155550100', providerOptions: { ...providerOptions } }, country);

  it('replaces the number of a transfer by a normalised one', () => {
    expect(transfer({ number: '+91 80 5555 1234' })).toMatchObject({
      destination: { number: '+918055551234' },
    });
    expect(() => transfer({ number: 'desk' })).toThrow('providerOptions.number');
    expect(transfer({ number: 'desk7', numberE164CheckEnabled: false })).toMatchObject({
      destination: { number: 'desk7' },
    });
    expect(() => transfer({ number: 'desk 7', numberE164CheckEnabled: false })).toThrow(
      'providerOptions.number',
    );
  });

  it('accepts a caller id that is not a telephone number', () => {
    expect(transfer({ callerId: '+1 (415) 555-0199' })).toMatchObject({
      destination: { callerId: '+14155550199' },
    });
    expect(transfer({ callerId: 'Front desk' })).toMatchObject({ destination: { callerId: 'Front desk' } });
  });

  it('is normalised in the assistant of a handoff', () => {
    const assistant = { forwardingPhoneNumber: '415 555 0100' };
    const expected = { assistant: { forwardingPhoneNumber: '+14155550100' } };
    expect(handoffMessage({ assistant }, 'US')).toMatchObject({ destination: expected });
    expect(handoffMessage({ providerOptions: { assistant } }, 'US')).toMatchObject({ destination: expected });
    expect(() => handoffMessage({ assistant })).toThrow('assistant.forwardingPhoneNumber');
  });
});

it('data of the client and other fields are sent as given', () => {
  const options = {
    metadata: { callerId: '+1 415-555-0100', type: 'number', number: 'x' },
    assistantOverrides: { variableValues: { forwardingPhoneNumber: 'none' } },
    assistant: {
      model: { tools: [{ function: { parameters: { properties: { number: { type: 'number' } } } } }] },
    },
    name: '+1 415-555-0100',
  };
  expect(place('+14155550100', options)).toMatchObject(options);
});
