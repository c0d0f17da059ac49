import { describe, expect, it } from 'vitest';
import { capabilitiesFor, type CallConditions } from '../../src/control/capabilities.ts';

const OVER_REST = ['SAY', 'TRANSFER', 'END_CALL', 'SEND_DTMF', 'PLAY_AUDIO', 'CLEAR_AUDIO'];
const BY_RELAY = [
  'MUTE_ASSISTANT',
  'MUTE_CUSTOMER',
  'PLAY_AUDIO',
  'CLEAR_AUDIO',
  'HANDOFF',
  'END_CALL',
  'TRANSFER',
];

const CALL: CallConditions = {
  status: 'IN_PROGRESS',
  hasKeys: true,
  isRelayed: false,
  isInConference: false,
  hasAudio: false,
};

describe('what can be done', () => {
  it.each<[string, Partial<CallConditions>, readonly string[]]>([
    ['to a call', {}, OVER_REST],
    ['to a call that is heard', { hasAudio: true }, [...OVER_REST, 'LISTEN']],
    ['to a call, without keys', { hasKeys: false }, []],
    ['to a call that is heard, without keys', { hasKeys: false, hasAudio: true }, ['LISTEN']],
    ['while it waits to be dialled', { status: 'QUEUED' }, ['END_CALL']],
    ['while it rings', { status: 'RINGING' }, ['END_CALL']],
    ['while it rings, without keys', { status: 'RINGING', hasKeys: false }, []],
    ['while it is forwarded', { status: 'FORWARDING' }, OVER_REST],
    ['with an agent', { isRelayed: true }, [...BY_RELAY, 'SAY', 'SEND_DTMF']],
    ['with an agent, without keys', { isRelayed: true, hasKeys: false }, BY_RELAY],
    [
      'with an agent, before the status is told',
      { isRelayed: true, hasKeys: false, status: 'RINGING' },
      BY_RELAY,
    ],
    ['in a room', { isInConference: true }, [...OVER_REST, 'MUTE_CUSTOMER']],
    ['in a room, without keys', { isInConference: true, hasKeys: false }, []],
    ['once it is over', { status: 'ENDED', isRelayed: true, isInConference: true, hasAudio: true }, []],
  ])('%s', (_what, facts, expected) => {
    expect(capabilitiesFor({ ...CALL, ...facts })).toEqual(expected);
  });
});
