import { expect, test } from 'vitest';
import { controlOf, CONTROLS, type Capability } from '../page/call/controls/control-table.ts';
import { commandDetail } from '../page/call/controls/command-labels.ts';

const QUIET = { mutedParties: [] };

test('what cannot be undone is asked about first, and nothing else', () => {
  const asked = (Object.keys(CONTROLS) as Capability[]).filter(
    (capability) => controlOf(capability, QUIET)?.confirm,
  );
  expect(asked.toSorted()).toEqual(['END_CALL', 'HANDOFF', 'TRANSFER']);
});

test('whoever is muted can be unmuted, and the other way round', () => {
  const mute = controlOf('MUTE_ASSISTANT', QUIET)!;
  const unmute = controlOf('MUTE_ASSISTANT', { mutedParties: ['ASSISTANT'] })!;
  expect([mute.label, unmute.label]).toEqual(['Mute the assistant', 'Unmute the assistant']);
  expect(mute.request({}).document).not.toBe(unmute.request({}).document);
  expect(controlOf('MUTE_CUSTOMER', { mutedParties: ['ASSISTANT'] })!.label).toBe('Mute the customer');
});

test('what was typed is sent without blanks around it, and what was left empty is left out', () => {
  const transfer = controlOf('TRANSFER', QUIET)!;
  expect(transfer.request({ number: ' +15005550001 ', content: ' ' }).input).toEqual({
    number: '+15005550001',
  });
  const say = controlOf('SAY', QUIET)!;
  expect(say.request({ content: ' Hello. ', interrupt: true, endCallAfterSpoken: false }).input).toEqual({
    content: 'Hello.',
    interrupt: true,
    endCallAfterSpoken: false,
  });
});

test('hearing a call is no command', () => {
  expect(controlOf('LISTEN', QUIET)).toBeUndefined();
});

test.each([
  [{ content: 'Hello.' }, 'Hello.'],
  [{ number: '+1', content: '' }, ''],
  [{ party: 'CUSTOMER' }, 'customer'],
  [{}, undefined],
  [null, undefined],
])('a command with %j is about %s', (args, about) => expect(commandDetail(args)).toBe(about));
