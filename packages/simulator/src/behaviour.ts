// Validates changes of the behaviour of a cloud or of one call. The options are defined in `vapi/behaviour.ts`,
// `vobiz/behaviour.ts` and `deepgram/behaviour.ts`.

import { DEEPGRAM_CHOICES } from './deepgram/behaviour.ts';
import { VAPI_CHOICES } from './vapi/behaviour.ts';
import { VOBIZ_CHOICES } from './vobiz/behaviour.ts';

const CHOICES: Readonly<Record<string, readonly (string | number)[]>> = {
  ...VAPI_CHOICES,
  ...VOBIZ_CHOICES,
  ...DEEPGRAM_CHOICES,
};

/** The range of a number, if it is not 0 to one day in milliseconds. */
const LIMITS: Readonly<Record<string, readonly [from: number, to: number]>> = {
  loseShare: [0, 1],
  duplicates: [0, 10],
  maxRetries: [0, 10],
  hugeBytes: [0, 50_000_000],
  controlStatus: [200, 299],
  controlFailureStatus: [400, 599],
  sequenceFrom: [0, 1],
  closeCode: [1_000, 4_999],
  holdMs: [0, 60_000],
  clumpMs: [0, 10_000],
  clockStepMs: [-86_400_000, 86_400_000],
  finalBeforeStoppedMs: [0, 1_000],
  restStatus: [0, 599],
  listenRefusalStatus: [400, 599],
  throttle: [0, 100],
};
const A_DAY_MS = 86_400_000;

/** Returns a behaviour with changes. @throws {RangeError} for an unknown option or an invalid value */
export function mergeBehaviour<Behaviour extends object>(behaviour: Behaviour, changes: object): Behaviour {
  for (const [name, value] of Object.entries(changes)) {
    const known: unknown = Object.entries(behaviour).find(([option]) => option === name)?.[1];
    if (known === undefined) throw new RangeError(`behaviour.${name}: unknown option`);
    if (Array.isArray(known)) {
      if (!isList(value)) throw new RangeError(`behaviour.${name}: expected a list of strings or numbers`);
      continue;
    }
    if (typeof value !== typeof known) throw new RangeError(`behaviour.${name}: expected a ${typeof known}`);
    const choices = CHOICES[name];
    if (choices !== undefined && !choices.some((choice) => choice === value)) {
      throw new RangeError(`behaviour.${name}: expected one of ${choices.join(', ')}`);
    }
    const [from, to] = LIMITS[name] ?? [0, A_DAY_MS];
    if (typeof value === 'number' && !(value >= from && value <= to)) {
      throw new RangeError(`behaviour.${name}: expected a number from ${from} to ${to}`);
    }
  }
  return { ...behaviour, ...changes };
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number');
}
