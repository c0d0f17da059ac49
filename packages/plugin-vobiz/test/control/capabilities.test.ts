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

describe('capabilities', () => {
  it.each<[string, Partial<CallConditions>, readonly string[]]>([
    ['of an answered call', {}, OVER_REST],
    ['of an answered call with audio', { hasAudio: true }, [...OVER_REST, 'LISTEN']],
    ['of an answered call without keys', { hasKeys: false }, []],
    ['of an answered call with audio, without keys', { hasKeys: false, hasAudio: true }, ['LISTEN']],
    ['of a queued call', { status: 'QUEUED' }, ['END_CALL']],
    ['of a ringing call', { status: 'RINGING' }, ['END_CALL']],
    ['of a ringing call without keys', { status: 'RINGING', hasKeys: false }, []],
    ['of a forwarded call', { status: 'FORWARDING' }, OVER_REST],
    ['of a relayed call', { isRelayed: true }, [...BY_RELAY, 'SAY', 'SEND_DTMF']],
    ['of a relayed call without keys', { isRelayed: true, hasKeys: false }, BY_RELAY],
    [
      'of a relayed call before its status is reported',
      { isRelayed: true, hasKeys: false, status: 'RINGING' },
      BY_RELAY,
    ],
    ['of a call in a conference', { isInConference: true }, [...OVER_REST, 'MUTE_CUSTOMER']],
    ['of a call in a conference without keys', { isInConference: true, hasKeys: false }, []],
    ['of an ended call', { status: 'ENDED', isRelayed: true, isInConference: true, hasAudio: true }, []],
  ])('%s', (_what, facts, expected) => {
    expect(capabilitiesFor({ ...CALL, ...facts })).toEqual(expected);
  });
});
