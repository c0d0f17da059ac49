/** Which calls are wanted: the filter as clients write it, checked. */
import {
  FaultError,
  invalidArgument,
  type CallDirection,
  type CallStatus,
  type EndCategory,
  type ProviderId,
} from '@sidetone/core';
import type { CallFilter } from '../../calls/ports.ts';
import type { Enums } from './enums.ts';
import type { Refs } from './refs.ts';

/** Most values of one list of a filter. */
export const MAX_FILTER_VALUES = 100;
/** Most digits of a number that is looked for. */
export const MAX_NUMBER_DIGITS = 20;
/** Longest text that is searched for, characters. */
export const MAX_SEARCH_CHARACTERS = 500;

/** An argument that is null means the same as one that is left out. */
type Optional<Value> = Value | null | undefined;

export interface CallFilterInput {
  readonly providerIds?: Optional<string[]>;
  readonly statuses?: Optional<CallStatus[]>;
  readonly live?: Optional<boolean>;
  readonly directions?: Optional<CallDirection[]>;
  readonly endCategories?: Optional<EndCategory[]>;
  readonly createdAfter?: Optional<number>;
  readonly createdBefore?: Optional<number>;
  readonly minDurationMs?: Optional<number>;
  readonly maxDurationMs?: Optional<number>;
  readonly number?: Optional<string>;
  readonly tags?: Optional<string[]>;
  readonly said?: Optional<string>;
}

export function addCallFilter(refs: Refs, enums: Enums): void {
  refs.CallFilter.implement({
    description: `Which calls. What is left out, or null, does not matter; all that is given must hold. Lists have at most ${MAX_FILTER_VALUES} values.`,
    fields: (t) => ({
      providerIds: t.idList({ required: false, description: 'Of one of these providers.' }),
      statuses: t.field({
        type: [enums.CallStatus],
        required: false,
        description: 'In one of these states.',
      }),
      live: t.boolean({ required: false, description: 'Live, or over.' }),
      directions: t.field({
        type: [enums.CallDirection],
        required: false,
        description: 'In one of these directions.',
      }),
      endCategories: t.field({
        type: [enums.EndCategory],
        required: false,
        description: 'Over, for one of these reasons.',
      }),
      createdAfter: t.field({ type: 'DateTime', required: false, description: 'From this moment on.' }),
      createdBefore: t.field({ type: 'DateTime', required: false, description: 'Before this moment.' }),
      minDurationMs: t.int({
        required: false,
        description:
          'At least this long from answer to end, ms. Only calls that were answered and are over have a duration here.',
      }),
      maxDurationMs: t.int({
        required: false,
        description: 'At most this long from answer to end, ms; as with `minDurationMs`.',
      }),
      number: t.string({
        required: false,
        description: `\`from\` or \`to\` begins with these digits, 1 to ${MAX_NUMBER_DIGITS}. A leading +, blanks, dashes, dots and parentheses do not matter.`,
      }),
      tags: t.stringList({ required: false, description: 'With all of these tags.' }),
      said: t.string({
        required: false,
        description: `In which this was said by anyone, found as \`searchTranscripts\` finds it: all of it in one utterance. At most ${MAX_SEARCH_CHARACTERS} characters.`,
      }),
    }),
  });
}

/** @throws {FaultError} INPUT_INVALID, naming the field of `filter`. */
export function toFilter(input: CallFilterInput | null | undefined): CallFilter {
  const { number, tags, said, providerIds, ...others } = input ?? {};
  const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value != null));
  for (const [key, value] of Object.entries(input ?? {})) {
    if (Array.isArray(value) && value.length > MAX_FILTER_VALUES) {
      throw invalidArgument(`filter.${key}`, `a list has at most ${MAX_FILTER_VALUES} values`);
    }
  }
  if (said != null) checkSearch('filter.said', said);
  return {
    ...given,
    ...(providerIds != null && { providerIds: providerIds as ProviderId[] }),
    ...(number != null && { number: digitsOf(number) }),
    ...(tags != null && { tags: tags.map((tag) => tag.trim().normalize('NFC')) }),
    ...(said != null && { said }),
  };
}

function digitsOf(number: string): string {
  const digits = number
    .trim()
    .replace(/^\+/, '')
    .replaceAll(/[\s().-]/g, '');
  if (/^\d+$/.test(digits) && digits.length <= MAX_NUMBER_DIGITS) return digits;
  throw invalidArgument('filter.number', `expected 1 to ${MAX_NUMBER_DIGITS} digits`);
}

/** @throws {FaultError} INPUT_INVALID when it is too long. What is no word is not wrong: it finds nothing. */
export function checkSearch(argument: string, text: string): void {
  if (text.length <= MAX_SEARCH_CHARACTERS) return;
  throw new FaultError('INPUT_INVALID', `${argument}: at most ${MAX_SEARCH_CHARACTERS} characters`, {
    details: { argument, maximum: MAX_SEARCH_CHARACTERS },
  });
}
