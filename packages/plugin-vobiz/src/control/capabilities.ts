/** Which controls are possible for a call at this moment, in one table. Pure. */
import type { Capability, CallStatus } from '@sidetone/core';

export interface CallConditions {
  readonly status: CallStatus;
  /** Whether the instance has keys for REST. */
  readonly hasKeys: boolean;
  /** Whether a two-way stream between Vobiz and an agent is open. */
  readonly isRelayed: boolean;
  /** Whether the call is a known member of a conference room. */
  readonly isInConference: boolean;
  /** Whether the call has an audio stream, or may get one. */
  readonly hasAudio: boolean;
}

type Situation = 'ended' | 'unanswered' | 'relayed' | 'in a conference' | 'answered';

interface Possible {
  readonly always: readonly Capability[];
  readonly withKeys: readonly Capability[];
}

const OVER_REST: readonly Capability[] = [
  'SAY',
  'TRANSFER',
  'END_CALL',
  'SEND_DTMF',
  'PLAY_AUDIO',
  'CLEAR_AUDIO',
];

/** The relay can mute, play and end by itself; everything else is a REST request, which requires keys. */
const POSSIBLE = {
  ended: { always: [], withKeys: [] },
  unanswered: { always: [], withKeys: ['END_CALL'] },
  relayed: {
    always: [
      'MUTE_ASSISTANT',
      'MUTE_CUSTOMER',
      'PLAY_AUDIO',
      'CLEAR_AUDIO',
      'HANDOFF',
      'END_CALL',
      'TRANSFER',
    ],
    withKeys: ['SAY', 'SEND_DTMF'],
  },
  'in a conference': { always: [], withKeys: [...OVER_REST, 'MUTE_CUSTOMER'] },
  answered: { always: [], withKeys: OVER_REST },
} as const satisfies Record<Situation, Possible>;

function situationOf({ status, isRelayed, isInConference }: CallConditions): Situation {
  if (status === 'ENDED') return 'ended';
  if (isRelayed) return 'relayed';
  if (status === 'QUEUED' || status === 'RINGING') return 'unanswered';
  return isInConference ? 'in a conference' : 'answered';
}

/** Returns the capabilities of a call, including `LISTEN`. */
export function capabilitiesFor(conditions: CallConditions): readonly Capability[] {
  const situation = situationOf(conditions);
  const { always, withKeys }: Possible = POSSIBLE[situation];
  const canListen = conditions.hasAudio && situation !== 'ended';
  return [...always, ...(conditions.hasKeys ? withKeys : []), ...(canListen ? (['LISTEN'] as const) : [])];
}
