import { expect, test } from 'vitest';
import { captureControl, controlOf, CONTROLS, type Capability } from '../page/call/controls/control-table.ts';
import { commandDetail, statusHint } from '../page/call/controls/command-labels.ts';

const UNMUTED = {
  mutedParties: [],
  direction: 'INBOUND',
  from: '+919876543210',
  to: '+15005550001',
  assistant: { name: 'Nova' },
} as const;
const MUTED = { ...UNMUTED, mutedParties: ['ASSISTANT'] } as const;

test('asks for confirmation of irreversible controls only', () => {
  const confirmed = (Object.keys(CONTROLS) as Capability[]).filter(
    (capability) => controlOf(capability, UNMUTED)?.confirm,
  );
  expect(confirmed.toSorted()).toEqual(['END_CALL', 'HANDOFF', 'TRANSFER']);
});

test.each([
  ['TRANSFER', { destination: '+919876543211' }, '+91 987 654 3210 is moved to +91 987 654 3211, and'],
  ['TRANSFER', { destination: '+91 98765-43211' }, '+91 987 654 3210 is moved to +91 987 654 3211, and'],
  ['TRANSFER', { destination: 'sip:desk@example.com' }, 'is moved to sip:desk@example.com, and'],
  ['HANDOFF', { target: 'asst_2' }, '+91 987 654 3210 is handed from Nova to the assistant asst_2.'],
  ['END_CALL', {}, '+91 987 654 3210 is disconnected from Nova, +1 500 555 0001.'],
] as const)('the question before %s with %j names both ends', (capability, values, text) => {
  expect(controlOf(capability, UNMUTED)!.confirm!(values).text).toContain(text);
});

test('the question names an unknown customer in words', () => {
  const unknown = { ...UNMUTED, from: null, to: null, assistant: null };
  expect(controlOf('END_CALL', unknown)!.confirm!({}).text).toMatch(
    /^The customer is disconnected from the assistant\./,
  );
});

test('offers to unmute a muted party, and to mute any other', () => {
  const mute = controlOf('MUTE_ASSISTANT', UNMUTED)!;
  const unmute = controlOf('MUTE_ASSISTANT', MUTED)!;
  expect([mute.label, unmute.label]).toEqual(['Mute assistant', 'Unmute assistant']);
  expect(mute.request({}).document).not.toBe(unmute.request({}).document);
  expect(controlOf('MUTE_CUSTOMER', MUTED)!.label).toBe('Mute customer');
});

test('offers to resume a paused recording, and to pause any other', () => {
  const [pause, resume] = [captureControl({ capturePause: null }), captureControl({ capturePause: {} })];
  expect([pause.label, resume.label]).toEqual(['Pause recording', 'Resume recording']);
  expect(pause.request({}).document).not.toBe(resume.request({}).document);
});

test('trims text values and omits empty ones', () => {
  const transfer = controlOf('TRANSFER', UNMUTED)!;
  expect(transfer.request({ destination: ' +15005550001 ', content: ' ' }).input).toEqual({
    number: '+15005550001',
  });
  const say = controlOf('SAY', UNMUTED)!;
  expect(say.request({ content: ' Hello. ', interrupt: true, endCallAfterSpoken: false }).input).toEqual({
    content: 'Hello.',
    interrupt: true,
    endCallAfterSpoken: false,
  });
});

test('LISTEN is not a control', () => {
  expect(controlOf('LISTEN', UNMUTED)).toBeUndefined();
});

test.each([
  [{ content: 'Hello.' }, 'Hello.'],
  [{ number: '+15005550001', content: 'Please hold.' }, '+1 500 555 0001'],
  [{ sipUri: 'sip:desk@example.com' }, 'sip:desk@example.com'],
  [{ party: 'CUSTOMER' }, 'customer'],
  [{}, undefined],
  [null, undefined],
])('the detail of a command with %j is %s', (args, detail) => expect(commandDetail(args)).toBe(detail));

test('a confirmed transfer is described as forwarded, not as connected', () => {
  expect(statusHint('CONFIRMED', 'TRANSFER')).toMatch(/forwarded.*not known/s);
  expect(statusHint('CONFIRMED', 'SAY')).toMatch(/took effect/);
  expect(statusHint('ACCEPTED', 'TRANSFER')).toBe(statusHint('ACCEPTED', 'SAY'));
});
