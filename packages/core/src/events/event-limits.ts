/**
 * The largest size of each field of an event. The senders of webhooks choose these values, and everything that is accepted is kept
 * in memory, stored, indexed and sent to clients. Texts and lists are cut, because the event matters more than its end.
 */
import type { ProviderEvent, ProviderEventFields, ProviderEventType } from '../provider-event.ts';
import type { TranscriberEvent, TranscriberEventFields, TranscriberEventType } from '../transcriber.ts';

/** Sizes of texts are in UTF-16 code units. */
export const EVENT_LIMITS = {
  /** Ids of calls and commands: events with longer ones are rejected. Ids of streams: longer ones are omitted. */
  id: 256,
  /** Codes, names, numbers, digits and messages. */
  label: 1024,
  /** The text of one utterance: 20 minutes of speech without a pause. */
  utterance: 16 * 1024,
  summary: 64 * 1024,
  /** Utterances of a report, and the length of all their texts. */
  reportUtterances: 5000,
  reportText: 512 * 1024,
  /** The estimated size of `providerData` as JSON, and its levels. Larger data is omitted. */
  data: 256 * 1024,
  dataDepth: 64,
} as const;

/** Limits a value: returns it unchanged, or a smaller one after calling `onCut`. */
type Limit = (value: unknown, onCut: () => void) => unknown;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns a copy with these fields; those that are undefined are omitted. */
const withChanges = (value: object, changes: object): object =>
  Object.fromEntries(Object.entries({ ...value, ...changes }).filter(([, field]) => field !== undefined));

/**
 * Cuts a text without splitting a surrogate pair. The result is a copy: a slice of a string keeps the whole string in memory for as
 * long as the slice is kept.
 */
function cutText(text: string, most: number): string {
  const isPair = /[\ud800-\udbff]/.test(text.charAt(most - 1));
  return structuredClone(text.slice(0, isPair ? most - 1 : most));
}

const text =
  (most: number): Limit =>
  (value, onCut) => {
    if (typeof value !== 'string' || value.length <= most) return value;
    onCut();
    return cutText(value, most);
  };

/** Limits the fields of an object. Fields without a limit are limited like `providerData`. */
const record =
  (limits: Readonly<Record<string, Limit>>): Limit =>
  (value, onCut) => {
    if (!isRecord(value)) return data(value, onCut);
    const changes = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
      const limited = (Object.hasOwn(limits, name) ? limits[name]! : data)(field, onCut);
      return limited === field ? [] : [[name, limited]];
    });
    return changes.length === 0 ? value : withChanges(value, Object.fromEntries(changes));
  };

const data: Limit = (value, onCut) => {
  if (isWithinDataLimits(value)) return value;
  onCut();
  return undefined;
};

/** Returns whether a value is within the limits of data. Visits no more of it than the limit allows, without recursion. */
export function isWithinDataLimits(value: unknown): boolean {
  const pending: (readonly [value: unknown, depth: number])[] = [[value, 1]];
  let size = 0;
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [item, depth] = next;
    size += typeof item === 'string' ? item.length + 2 : 4;
    if (typeof item === 'object' && item !== null) {
      if (depth > EVENT_LIMITS.dataDepth) return false;
      for (const name in item) {
        size += Array.isArray(item) ? 1 : name.length + 3;
        if (size > EVENT_LIMITS.data) return false;
        pending.push([(item as Readonly<Record<string, unknown>>)[name], depth + 1]);
      }
    }
    if (size > EVENT_LIMITS.data) return false;
  }
  return true;
}

const label = text(EVENT_LIMITS.label);
const assistant = record({ providerAssistantId: label, name: label });
const details = record({ from: label, to: label, assistant, providerData: data });

/** Cuts the list after so many utterances, or so much text. */
const utterances: Limit = (value, onCut) => {
  if (!Array.isArray(value)) return value;
  const each = record({ text: text(EVENT_LIMITS.utterance) });
  const kept: unknown[] = [];
  let characters = 0;
  let isChanged = false;
  for (const item of value.slice(0, EVENT_LIMITS.reportUtterances) as unknown[]) {
    const limited = each(item, onCut);
    characters += isRecord(limited) && typeof limited['text'] === 'string' ? limited['text'].length : 0;
    if (characters > EVENT_LIMITS.reportText) break;
    isChanged ||= limited !== item;
    kept.push(limited);
  }
  if (kept.length < value.length) onCut();
  return isChanged || kept.length < value.length ? kept : value;
};

type FieldLimits<Fields> = { readonly [Name in keyof Fields]-?: Limit };

/** A value of a fixed set, or a number. */
const fixed: Limit = (value) => value;
const party = { party: fixed } as const;

const LIMITS: { readonly [Type in ProviderEventType]: FieldLimits<ProviderEventFields[Type]> } = {
  'call.started': { status: fixed, details },
  'call.status': { status: fixed },
  'call.ended': { end: record({ code: label, message: label }) },
  'call.report': {
    summary: text(EVENT_LIMITS.summary),
    cost: record({ currency: label }),
    details,
    providerData: data,
    utterances,
  },
  'utterance.partial': { ...party, text: text(EVENT_LIMITS.utterance) },
  'utterance.final': {
    ...party,
    text: text(EVENT_LIMITS.utterance),
    startMs: fixed,
    endMs: fixed,
    confidence: fixed,
    mayBeKnown: fixed,
  },
  'speech.started': party,
  'speech.stopped': party,
  dtmf: { digits: label },
  'assistant.changed': { assistant },
  'transfer.started': { destination: label },
  'command.confirmed': { commandId: fixed },
  notice: { code: label, message: label, concerns: fixed },
};

const utteranceText = text(EVENT_LIMITS.utterance);
/** The rules of events limit the ids of utterances. */
const transcribed = {
  ...party,
  utteranceId: fixed,
  text: utteranceText,
  startMs: fixed,
  endMs: fixed,
  confidence: fixed,
} as const;

const TRANSCRIBER_LIMITS: {
  readonly [Type in TranscriberEventType]: FieldLimits<TranscriberEventFields[Type]>;
} = {
  'utterance.partial': { ...party, utteranceId: fixed, text: utteranceText },
  'utterance.final': transcribed,
  'utterance.revised': transcribed,
  'speech.started': { ...party, atMs: fixed },
  'speech.stopped': { ...party, atMs: fixed },
  gap: { fromMs: fixed, toMs: fixed, reason: label },
  state: { state: fixed, code: label, message: label },
};

/** An event within the limits. */
export interface LimitedEvent<Event extends object = ProviderEvent> {
  readonly event: Event;
  /** The fields that were cut or omitted, as `type.field`. */
  readonly cut: readonly string[];
}

/** Returns a valid event with its fields cut to {@link EVENT_LIMITS}; the same object if none is too large. */
export const limitProviderEvent = (event: ProviderEvent): LimitedEvent =>
  limitEvent(LIMITS[event.type], event);

/** As {@link limitProviderEvent}, for the events of a transcriber. */
export const limitTranscriberEvent = (event: TranscriberEvent): LimitedEvent<TranscriberEvent> =>
  limitEvent(TRANSCRIBER_LIMITS[event.type], event);

function limitEvent<Event extends { readonly type: string }>(
  limits: Readonly<Record<string, Limit>>,
  event: Event,
): LimitedEvent<Event> {
  const given = event as Readonly<Record<string, unknown>>;
  const cut: string[] = [];
  const changes: Record<string, unknown> = {};
  for (const name in limits) {
    const value = given[name];
    if (value === undefined) continue;
    const limited = limits[name]!(value, () => {
      const field = `${event.type}.${name}`;
      if (!cut.includes(field)) cut.push(field);
    });
    if (limited !== value) changes[name] = limited;
  }
  return { event: cut.length === 0 ? event : (withChanges(event, changes) as Event), cut };
}
