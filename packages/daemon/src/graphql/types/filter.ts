/** The input type by which calls are selected. */
import type { Enums } from './enums.ts';
import { MAX_NUMBER_DIGITS, MIN_LAST_DIGITS } from '../../calls/numbers/number-search.ts';
import { MAX_FILTER_VALUES, MAX_SEARCH_CHARACTERS } from '../lists/filter-input.ts';
import type { Refs } from './refs.ts';

export function addCallFilter(refs: Refs, enums: Enums): void {
  refs.CallFilter.implement({
    description: `Selects calls. A call must meet all conditions that are given; fields that are null or left out have no effect. Lists have at most ${MAX_FILTER_VALUES} values.`,
    fields: (t) => ({
      providerIds: t.idList({ required: false, description: 'Calls of any of these provider instances.' }),
      statuses: t.field({
        type: [enums.CallStatus],
        required: false,
        description: 'Calls in any of these statuses.',
      }),
      live: t.boolean({
        required: false,
        description: 'True for calls that are live, false for calls that have ended.',
      }),
      directions: t.field({
        type: [enums.CallDirection],
        required: false,
        description: 'Calls with any of these directions.',
      }),
      endCategories: t.field({
        type: [enums.EndCategory],
        required: false,
        description: 'Calls that ended for any of these reasons.',
      }),
      assistants: t.stringList({
        required: false,
        description:
          "Calls of any of these assistants: their names as in `Call.assistant`, or the provider's id of one without a name.",
      }),
      createdAfter: t.field({
        type: 'DateTime',
        required: false,
        description: 'Calls that were created at or after this time.',
      }),
      createdBefore: t.field({
        type: 'DateTime',
        required: false,
        description: 'Calls that were created before this time.',
      }),
      minDurationMs: t.int({
        required: false,
        description:
          'Calls that lasted at least this long from answer to end, in ms. Matches only calls that were answered and have ended.',
      }),
      maxDurationMs: t.int({
        required: false,
        description:
          'Calls that lasted at most this long from answer to end, in ms. Matches only calls that were answered and have ended.',
      }),
      held: t.boolean({
        required: false,
        description: 'True for calls with a legal hold, false for calls without one.',
      }),
      number: t.string({
        required: false,
        description: `Calls whose \`from\` or \`to\` is this number, starts with it, or ends with these digits (at least ${MIN_LAST_DIGITS}). 1 to ${MAX_NUMBER_DIGITS} digits in any notation: with spaces and punctuation, with \`00\` or a country code, as a \`tel:\` or SIP URI, in digits of any script.`,
      }),
      numberIs: t.string({
        required: false,
        description:
          'Calls whose `from` or `to` is exactly this number, in any notation, without those that only start or end with it. Cannot be combined with `number`.',
      }),
      tags: t.stringList({ required: false, description: 'Calls that have all of these tags.' }),
      said: t.string({
        required: false,
        description: `Calls with an utterance that matches this search text, by the rules of \`searchTranscripts\`. At most ${MAX_SEARCH_CHARACTERS} characters. Not available in subscriptions.`,
      }),
    }),
  });
}
