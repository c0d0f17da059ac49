/** What can be done to a call at this moment, in one table. Pure. */
import type { Capability, CallStatus } from '@sidetone/core';

export interface CapabilityFacts {
  readonly status: CallStatus;
  /** Whether there are keys for REST. */
  readonly hasKeys: boolean;
  /** Whether a two-way stream of the call is open, between Vobiz and an agent. */
  readonly isRelayed: boolean;
  /** Whether the call is in a room whose member it is known as. */
  readonly isInRoom: boolean;
  /** Whether audio of the call comes, or may come. */
  readonly hasAudio: boolean;
}

type Situation = 'over' | 'unanswered' | 'relayed' | 'in a room' | 'elsewhere';

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

/** A relay is ours to gate and to end; everything else is Vobiz's to do, when it is asked with keys. */
const POSSIBLE = {
  over: { always: [], withKeys: [] },
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
  'in a room': { always: [], withKeys: [...OVER_REST, 'MUTE_CUSTOMER'] },
  elsewhere: { always: [], withKeys: OVER_REST },
} as const satisfies Record<Situation, Possible>;

function situationOf({ status, isRelayed, isInRoom }: CapabilityFacts): Situation {
  if (status === 'ENDED') return 'over';
  if (isRelayed) return 'relayed';
  if (status === 'QUEUED' || status === 'RINGING') return 'unanswered';
  return isInRoom ? 'in a room' : 'elsewhere';
}

/** What can be done, hearing included. */
export function capabilitiesFor(facts: CapabilityFacts): readonly Capability[] {
  const situation = situationOf(facts);
  const { always, withKeys }: Possible = POSSIBLE[situation];
  const canHear = facts.hasAudio && situation !== 'over';
  return [...always, ...(facts.hasKeys ? withKeys : []), ...(canHear ? (['LISTEN'] as const) : [])];
}
