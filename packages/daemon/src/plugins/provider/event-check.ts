/**
 * Whether what a plugin emitted is an event: strangers write plugins, and what gets past here is stored for ever.
 * A mistake is one sentence for the author, without the value.
 */
import {
  CALL_STATUSES,
  END_CATEGORIES,
  PARTIES,
  type AudioEncoding,
  type ProviderEventType,
} from '@sidetone/core';

type Fields = Readonly<Record<string, unknown>>;
type Check = (fields: Fields) => string | undefined;

const isText = (value: unknown): value is string => typeof value === 'string';
const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isOneOf = (list: readonly string[], value: unknown): boolean => isText(value) && list.includes(value);

const party: Check = (fields) =>
  isOneOf(PARTIES, fields['party']) ? undefined : 'party is none of the parties';
const text: Check = (fields) => (isText(fields['text']) ? undefined : 'text is not a text');
const status: Check = (fields) =>
  isOneOf(CALL_STATUSES, fields['status']) ? undefined : 'status is no call status';
const offset =
  (name: string): Check =>
  (fields) =>
    fields[name] === undefined || Number.isFinite(fields[name]) ? undefined : `${name} is not a number`;
const end: Check = ({ end: value }) =>
  isRecord(value) && isOneOf(END_CATEGORIES, value['category'])
    ? undefined
    : 'end.category is no end category';
const record =
  (name: string): Check =>
  (fields) =>
    fields[name] === undefined || isRecord(fields[name]) ? undefined : `${name} is not an object`;
const textField =
  (name: string): Check =>
  (fields) =>
    isText(fields[name]) ? undefined : `${name} is not a text`;

const utterances: Check = ({ utterances: value }) => {
  if (value === undefined) return undefined;
  const isList =
    Array.isArray(value) && value.every((words) => isRecord(words) && !(party(words) ?? text(words)));
  return isList ? undefined : 'utterances is no list of words with their party';
};

const CHECKS: Readonly<Record<ProviderEventType, readonly Check[]>> = {
  'call.started': [
    (fields) => (fields['status'] === undefined ? undefined : status(fields)),
    record('details'),
  ],
  'call.status': [status],
  'call.ended': [end],
  'call.report': [record('details'), record('cost'), record('providerData'), utterances],
  'command.confirmed': [textField('commandId')],
  'utterance.partial': [party, text],
  'utterance.final': [party, text, offset('startMs'), offset('endMs'), offset('confidence')],
  'speech.started': [party],
  'speech.stopped': [party],
  dtmf: [textField('digits')],
  'assistant.changed': [
    (fields) => (isRecord(fields['assistant']) ? undefined : 'assistant is not an object'),
  ],
  'transfer.started': [],
  notice: [textField('code'), textField('message')],
};

/** What is wrong with an event, or nothing. Never throws, even where a property does when it is read. */
export function mistakeIn(event: unknown): string | undefined {
  try {
    return findMistake(event);
  } catch {
    return 'it cannot be read';
  }
}

function findMistake(event: unknown): string | undefined {
  if (!isRecord(event)) return 'it is not an object';
  const { type } = event;
  if (!isText(type) || !Object.hasOwn(CHECKS, type)) return 'its type is unknown';
  if (!isText(event['providerCallId']) || event['providerCallId'] === '') return 'providerCallId is missing';
  if (!Number.isFinite(event['occurredAt'])) return 'occurredAt is not epoch milliseconds';
  if (event['dedupeKey'] !== undefined && !isText(event['dedupeKey'])) return 'dedupeKey is not a text';
  for (const check of CHECKS[type as ProviderEventType]) {
    const mistake = check(event);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

const ENCODINGS = Object.keys({ pcm_s16le: 0, mulaw: 0 } satisfies Record<AudioEncoding, 0>);
/** Hz; no telephone and no microphone goes beyond. */
const HIGHEST_SAMPLE_RATE = 192_000;

/** What is wrong with the options of a media stream, or nothing. */
export function mistakeInStream({ encoding, sampleRate, parties }: Fields): string | undefined {
  if (!isOneOf(ENCODINGS, encoding)) return 'the encoding of a stream is unknown';
  const isRate = Number.isInteger(sampleRate) && Number(sampleRate) > 0;
  if (!isRate || Number(sampleRate) > HIGHEST_SAMPLE_RATE) return 'the sample rate of a stream is none';
  const isHeard =
    Array.isArray(parties) && parties.length > 0 && parties.every((each) => isOneOf(PARTIES, each));
  return isHeard ? undefined : 'the parties of a stream are none';
}
