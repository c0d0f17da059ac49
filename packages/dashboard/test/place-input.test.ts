import { describe, expect, test } from 'vitest';
import { assistantsOf, placeErrors, placeInput, type PlaceForm } from '../page/place/place-input.ts';

const FORM: PlaceForm = { providerId: 'vapi', to: '+1 500 555 0001', from: '', assistantId: '', options: '' };
const errors = (change: Partial<PlaceForm>) => placeErrors({ ...FORM, ...change });

describe('placeErrors', () => {
  test.each([
    '+1 500 555-0001',
    '(0)20 7946 0018',
    'tel:+15005550001',
    'sip:desk@example.com',
    'desk@example.com',
  ])('accepts %s', (to) => expect(errors({ to })).toEqual({}));

  test.each(['12', '+1 500 555 0001 ext', 'the customer'])('rejects %s with a sentence', (to) => {
    expect(errors({ to }).to).toMatch(/^Enter a telephone number/);
    expect(errors({ from: to }).from).toMatch(/^Enter a telephone number/);
  });

  test('requires a number, unless the options say whom to call', () => {
    expect(errors({ to: ' ' })).toEqual({ to: 'Enter the number to call.' });
    expect(errors({ to: '', options: '{"transport": {}}' })).toEqual({});
  });

  test.each(['[]', 'null', '"text"', '{'])('rejects %s as options', (options) => {
    expect(errors({ options }).options).toMatch(/^Enter a JSON object/);
  });
});

describe('placeInput', () => {
  test('omits what is empty, so that the provider decides', () => {
    expect(placeInput(FORM, 'key')).toEqual({
      providerId: 'vapi',
      idempotencyKey: 'key',
      to: '+1 500 555 0001',
    });
  });

  test('passes options on as they are', () => {
    const input = placeInput(
      { ...FORM, from: ' +15005550002 ', assistantId: ' a1 ', options: '{"name":"x"}' },
      'key',
    );
    expect(input).toMatchObject({ from: '+15005550002', assistantId: 'a1', providerOptions: { name: 'x' } });
  });
});

test('assistants of the last calls are listed once, by name', () => {
  const of = (providerAssistantId: string | null, name: string | null) => ({
    assistant: { providerAssistantId, name },
  });
  expect(
    assistantsOf([of('b', 'Zoe'), { assistant: null }, of('a', null), of('b', 'Old name'), of(null, 'x')]),
  ).toEqual([
    { id: 'a', name: 'a' },
    { id: 'b', name: 'Zoe' },
  ]);
});
