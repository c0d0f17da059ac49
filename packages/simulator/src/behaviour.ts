// The dials of the fake clouds: what they do when nobody asks for anything else, and how a call can be told to
// behave otherwise. Those of Vapi are so many that they have a file of their own, `vapi/behaviour.ts`.

import { VAPI_CHOICES } from './vapi/behaviour.ts';

/** How a fake Vobiz call behaves. */
export interface VobizBehaviour {
  /** How a stream introduces itself: as documented today, or as an older page showed it. */
  readonly startShape: 'nested' | 'flat';
  /** How a stream carries audio: as documented today, or as an older page showed it. */
  readonly mediaShape: 'current' | 'older';
  /** Whether a stream says the older `stop` before it closes. */
  readonly sendStop: boolean;
  /** How long the callee of a `<Dial>` rings. */
  readonly ringMs: number;
  /** How long after the XML was fetched a stream's socket is dialled. */
  readonly connectDelayMs: number;
  /** How long a call lasts whose answer was not valid XML. */
  readonly invalidAnswerMs: number;
  /** The pause before the first retry of a webhook; each further one is twice as long. */
  readonly retryPauseMs: number;
}

/** What a fake Vobiz does of its own accord. */
export const VOBIZ_BEHAVIOUR: VobizBehaviour = {
  startShape: 'nested',
  mediaShape: 'current',
  sendStop: false,
  ringMs: 1_000,
  connectDelayMs: 50,
  invalidAnswerMs: 1_000,
  retryPauseMs: 500,
};

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  startShape: ['nested', 'flat'],
  mediaShape: ['current', 'older'],
  ...VAPI_CHOICES,
};

/** From what to what a number may be, where that is not up to a day of milliseconds. */
const LIMITS: Readonly<Record<string, readonly [from: number, to: number]>> = {
  loseShare: [0, 1],
  duplicates: [0, 10],
  maxRetries: [0, 10],
  hugeBytes: [0, 50_000_000],
  controlStatus: [200, 299],
  controlFailureStatus: [400, 599],
};
const A_DAY_MS = 86_400_000;

/**
 * Some dials over a set of them. Throws a sentence when a dial does not exist or cannot stand where it is put.
 */
export function withDials<Behaviour extends object>(behaviour: Behaviour, dials: object): Behaviour {
  for (const [name, value] of Object.entries(dials)) {
    const known: unknown = Object.entries(behaviour).find(([dial]) => dial === name)?.[1];
    if (known === undefined) throw new RangeError(`behaviour.${name} does not exist`);
    if (Array.isArray(known)) {
      if (!isList(value)) throw new RangeError(`behaviour.${name} must be a list of strings or numbers`);
      continue;
    }
    if (typeof value !== typeof known) throw new RangeError(`behaviour.${name} must be a ${typeof known}`);
    const choices = CHOICES[name];
    if (choices !== undefined && !choices.includes(String(value))) {
      throw new RangeError(`behaviour.${name} must be one of ${choices.join(', ')}`);
    }
    const [from, to] = LIMITS[name] ?? [0, A_DAY_MS];
    if (typeof value === 'number' && !(value >= from && value <= to)) {
      throw new RangeError(`behaviour.${name} must be from ${from} to ${to === A_DAY_MS ? 'a day' : to}`);
    }
  }
  return { ...behaviour, ...dials };
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number');
}
