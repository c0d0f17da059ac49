import { expect, test } from 'vitest';
import { captureControl, controlOf, CONTROLS, type Capability } from '../page/call/controls/control-table.ts';
import { commandDetail, statusHint } from '../page/call/controls/command-labels.ts';

const UNMUTED = { mutedParties: [] };

test('asks for confirmation of irreversible controls only', () => {
  const confirmed = (Object.keys(CONTROLS) as Capability[]).filter(
    (capability) => controlOf(capability, UNMUTED)?.confirm,
  );
  expect(confirmed.toSorted()).toEqual(['END_CALL', 'HANDOFF', 'TRANSFER']);
});

test('offers to unmute a muted party, and to mute any other', () => {
  const mute = controlOf('MUTE_ASSISTANT', UNMUTED)!;
  const unmute = controlOf('MUTE_ASSISTANT', { mutedParties: ['ASSISTANT'] })!;
  expect([mute.label, unmute.label]).toEqual(['Mute assistant', 'Unmute assistant']);
  expect(mute.request({}).document).not.toBe(unmute.request({}).document);
  expect(controlOf('MUTE_CUSTOMER', { mutedParties: ['ASSISTANT'] })!.label).toBe('Mute customer');
});

test('offers to resume a paused recording, and to pause any other', () => {
  const [pause, resume] = [captureControl({ capturePause: null }), captureControl({ capturePause: {} })];
  expect([pause.label, resume.label]).toEqual(['Pause recording', 'Resume recording']);
  expect(pause.request({}).document).not.toBe(resume.request({}).document);
});

test('trims text values and omits empty ones', () => {
  const transfer = controlOf('TRANSFER', UNMUTED)!;
  expect(transfer.request({ number: ' +15005550001 ', content: ' ' }).input).toEqual({
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
  [{ number: '+1', content: '' }, ''],
  [{ party: 'CUSTOMER' }, 'customer'],
  [{}, undefined],
  [null, undefined],
])('the detail of a command with %j is %s', (args, detail) => expect(commandDetail(args)).toBe(detail));

test('a confirmed transfer is described as forwarded, not as connected', () => {
  expect(statusHint('CONFIRMED', 'TRANSFER')).toMatch(/forwarded.*not known/s);
  expect(statusHint('CONFIRMED', 'SAY')).toMatch(/took effect/);
  expect(statusHint('ACCEPTED', 'TRANSFER')).toBe(statusHint('ACCEPTED', 'SAY'));
});
