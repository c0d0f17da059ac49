/** Whether what was emitted is an event, field by field, as the union in core's `provider-event.ts` says. */
import { CALL_STATUSES, END_CATEGORIES, PARTIES, type ProviderEventType } from '@sidetone/core';
import { isJsonObject, objectOf } from '@sidetone/plugin-kit';

/** What is expected of a field, when it is there. */
type Kind = 'text' | 'word' | 'number' | 'object' | 'party' | 'status' | 'liveStatus' | 'end' | 'utterances';

const isOneOf = (list: readonly string[], value: unknown): boolean =>
  typeof value === 'string' && list.includes(value);

const KINDS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  word: (value) => typeof value === 'string' && value !== '',
  number: (value) => Number.isFinite(value),
  object: isJsonObject,
  party: (value) => isOneOf(PARTIES, value),
  status: (value) => isOneOf(CALL_STATUSES, value),
  liveStatus: (value) => isOneOf(CALL_STATUSES, value) && value !== 'ENDED',
  end: (value) => isOneOf(END_CATEGORIES, objectOf(value)['category']),
  utterances: (value) =>
    Array.isArray(value) &&
    value.every(
      (words) => isOneOf(PARTIES, objectOf(words)['party']) && typeof objectOf(words)['text'] === 'string',
    ),
};

/** The fields of each type; a question mark says that it may be absent. */
const FIELDS = {
  'call.started': { status: 'status?', details: 'object?' },
  'call.status': { status: 'liveStatus' },
  'call.ended': { end: 'end' },
  'call.report': {
    summary: 'text?',
    cost: 'object?',
    details: 'object?',
    providerData: 'object?',
    utterances: 'utterances?',
  },
  'utterance.partial': { party: 'party', text: 'text' },
  'utterance.final': {
    party: 'party',
    text: 'text',
    startMs: 'number?',
    endMs: 'number?',
    confidence: 'number?',
  },
  'speech.started': { party: 'party' },
  'speech.stopped': { party: 'party' },
  dtmf: { digits: 'word' },
  'assistant.changed': { assistant: 'object' },
  'transfer.started': { destination: 'text?' },
  'command.confirmed': { commandId: 'word' },
  notice: { code: 'word', message: 'word' },
} as const satisfies Record<ProviderEventType, Readonly<Record<string, Kind | `${Kind}?`>>>;

/** Fields that every event has. */
const COMMON: Readonly<Record<string, Kind | `${Kind}?`>> = {
  providerCallId: 'word',
  occurredAt: 'number',
  dedupeKey: 'word?',
};

/** What is wrong with an event, in one sentence without its values; nothing when it is one. */
export function eventMistake(event: unknown): string | undefined {
  const fields = objectOf(event);
  const { type } = fields;
  if (typeof type !== 'string' || !Object.hasOwn(FIELDS, type)) return 'the type of an event is unknown';
  const expected = { ...COMMON, ...FIELDS[type as ProviderEventType] };
  for (const [name, rule] of Object.entries(expected)) {
    const value = fields[name];
    if (value === undefined && rule.endsWith('?')) continue;
    if (!KINDS[rule.replace('?', '') as Kind](value)) return `${name} of a ${type} is not what it has to be`;
  }
  return undefined;
}
