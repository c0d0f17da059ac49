// Generated calls that ended before the simulator started, for tests of paging. Only a few values are kept of each
// call; its description is generated from a script on demand.

import { createRandom } from '../random.ts';
import type { Script } from '../speech/library.ts';
import { scheduleTurns } from '../call/timeline.ts';
import { VAPI_BEHAVIOUR } from './behaviour.ts';
import { ASSISTANT_ID, describeCall, historyItem } from './call/call-object.ts';
import type { VapiRecord } from './call/call-object.ts';
import { uuidV7 } from './uuid-v7.ts';

/** How many past calls can be generated. */
export const MAX_PAST_CALLS = 100_000;
/** How many days back they can reach. */
const MAX_PAST_DAYS = 3_650;

const DAY_MS = 86_400_000;
const QUEUED_AND_RINGING_MS = 4_000;
const ENDINGS = [
  'customer-ended-call',
  'customer-ended-call',
  'assistant-ended-call',
  'assistant-forwarded-call',
  'silence-timed-out',
  'customer-did-not-answer',
] as const;

/** Where calls were forwarded to; no customer has this number. */
const DESTINATION = { type: 'number', number: '+15005560123' };
/** The customer's number is taken from so many last digits of the id. */
const PERSON_DIGITS = 4;

/** Returns an id whose customer is another one than those of the next 10,000 calls. */
const idOf = (createdAt: number, index: number): string =>
  uuidV7(createdAt).slice(0, -PERSON_DIGITS) + (index % 10_000).toString(16).padStart(PERSON_DIGITS, '0');

/** A call that REST can show. */
export interface ListedCall {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  describe(): Record<string, unknown>;
}

/** Options of generated past calls. */
export interface PastCallsOptions {
  readonly count: number;
  /** The number of days before now over which the calls are spread. Default 30. */
  readonly days?: number;
  readonly seed?: number;
}

/** Generates calls, oldest first. @throws {RangeError} for an invalid option */
export function createPastCalls(
  { count, days = 30, seed = 1 }: PastCallsOptions,
  scripts: readonly Script[],
  origin: () => string,
  now: number = Date.now(),
): ListedCall[] {
  if (!Number.isInteger(count) || count < 0 || count > MAX_PAST_CALLS)
    throw new RangeError(`count: expected a whole number from 0 to ${MAX_PAST_CALLS}`);
  if (!(days > 0 && days <= MAX_PAST_DAYS))
    throw new RangeError(`days: expected more than 0 and at most ${MAX_PAST_DAYS}`);
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    // The random offset is less than the interval, so the order is that of the ids.
    const share = (index + random() * 0.9) / count;
    const createdAt = Math.floor(now - days * DAY_MS * (1 - share));
    const script = scripts[Math.floor(random() * scripts.length)];
    const ending = ENDINGS[Math.floor(random() * ENDINGS.length)] ?? 'customer-ended-call';
    if (script === undefined) throw new RangeError('there are no scripts');
    return pastCall({ id: idOf(createdAt, index), createdAt, script, ending, origin });
  });
}

function pastCall({
  id,
  createdAt,
  script,
  ending,
  origin,
}: {
  id: string;
  createdAt: number;
  script: Script;
  ending: string;
  origin: () => string;
}): ListedCall {
  const utterances = scheduleTurns(script.turns);
  const startedAt = createdAt + QUEUED_AND_RINGING_MS;
  const isAnswered = ending !== 'customer-did-not-answer';
  const endedAt = startedAt + (isAnswered ? (utterances.at(-1)?.endMs ?? 0) : 0);
  return {
    id,
    createdAt,
    updatedAt: endedAt,
    describe() {
      const record: VapiRecord = {
        id,
        origin: origin(),
        script,
        type: script.direction === 'inbound' ? 'inboundPhoneCall' : 'outboundPhoneCall',
        requestFields: {},
        behaviour: VAPI_BEHAVIOUR,
        createdAt,
        updatedAt: endedAt,
        status: 'ended',
        startedAt: isAnswered ? startedAt : undefined,
        endedAt,
        endedReason: ending,
        destination: ending === 'assistant-forwarded-call' ? DESTINATION : undefined,
        assistantName: 'Nova',
        assistantId: ASSISTANT_ID,
        name: undefined,
        assistantSince: undefined,
        contextFrom: 0,
        clockOffsetMs: 0,
        history: [
          { role: 'system', message: `You are Nova. ${script.title}.`, time: createdAt, secondsFromStart: 0 },
          ...(isAnswered ? utterances.map((utterance) => historyItem(utterance, startedAt)) : []),
        ],
      };
      return describeCall(record);
    },
  };
}
