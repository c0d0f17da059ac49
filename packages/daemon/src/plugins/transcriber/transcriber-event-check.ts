/** Whether what a transcriber emitted is an event: what gets past here is stored for ever. */
import {
  PARTIES,
  TRANSCRIBER_EVENT_TYPES,
  TRANSCRIPTION_STATES,
  type TranscriberEventType,
} from '@sidetone/core';

type Fields = Readonly<Record<string, unknown>>;
/** What a field has to be, and how to say that it is not. */
type Check = readonly [isRight: (value: unknown) => boolean, complaint: string];

const isText = (value: unknown): value is string => typeof value === 'string';
const isOneOf =
  (list: readonly string[]) =>
  (value: unknown): boolean =>
    isText(value) && list.includes(value);

const PARTY: Check = [isOneOf(PARTIES), 'is none of the parties'];
const TEXT: Check = [isText, 'is not a text'];
const WORDS: Check = [(value) => isText(value) && value.trim() !== '', 'is not a text with words'];
const NAME: Check = [(value) => isText(value) && value !== '' && value.length <= 200, 'is not a name'];
/** Beyond it a place is no number of GraphQL, and its instant no date, ms: 24 days. */
const FURTHEST_MS = 2 ** 31 - 1;
const PLACE: Check = [
  (value) => Number.isFinite(value) && Math.abs(value as number) <= FURTHEST_MS,
  'is no place in a call',
];
const MAYBE_TEXT: Check = [(value) => value === undefined || isText(value), 'is not a text'];
const MAYBE_SHARE: Check = [
  (value) => value === undefined || (typeof value === 'number' && value >= 0 && value <= 1),
  'is not a number from 0 to 1',
];

const UTTERANCE = {
  party: PARTY,
  utteranceId: NAME,
  text: WORDS,
  startMs: PLACE,
  endMs: PLACE,
  confidence: MAYBE_SHARE,
};

const FIELDS: { readonly [Type in TranscriberEventType]: Readonly<Record<string, Check>> } = {
  'utterance.partial': { party: PARTY, utteranceId: NAME, text: TEXT },
  'utterance.final': UTTERANCE,
  'utterance.revised': UTTERANCE,
  'speech.started': { party: PARTY, atMs: PLACE },
  'speech.stopped': { party: PARTY, atMs: PLACE },
  gap: { fromMs: PLACE, toMs: PLACE, reason: TEXT },
  state: {
    state: [isOneOf(TRANSCRIPTION_STATES), 'is no state'],
    code: MAYBE_TEXT,
    message: MAYBE_TEXT,
  },
};

/** What is wrong with an event, in one sentence without its values; nothing when it is one. */
export function mistakeInTranscription(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null) return 'it is not an object';
  const fields = event as Fields;
  const type = TRANSCRIBER_EVENT_TYPES.find((each) => each === fields['type']);
  if (!type) return 'its type is unknown';
  for (const [name, [isRight, complaint]] of Object.entries(FIELDS[type])) {
    if (!isRight(fields[name])) return `${type}: ${name} ${complaint}`;
  }
  return undefined;
}
