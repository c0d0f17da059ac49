/**
 * The tables that define which events and media streams of plugins are valid. The daemon drops invalid ones, because
 * everything that passes is stored. The conformance audits use the strict rules, which also reject what the daemon tolerates.
 */
import type { AudioEncoding, MediaStreamOptions } from '../host.ts';
import { quoteUnknown } from './nearest-name.ts';
import type {
  NoticeSubject,
  ProviderEventBase,
  ProviderEventFields,
  ProviderEventType,
} from '../provider-event.ts';
import {
  TRANSCRIPTION_STATES,
  type TranscriberEventFields,
  type TranscriberEventType,
} from '../transcriber.ts';
import { CALL_STATUSES, END_CATEGORIES, PARTIES } from '../vocabulary.ts';

/** The rule for one field. */
interface FieldRule {
  /** Completes "expected …" in an error message. */
  readonly expected: string;
  readonly isValid: (value: unknown) => boolean;
  /** The rule of the conformance audits, if it is stricter. */
  readonly strict?: FieldRule;
}

/** A rule for every field of an event, also for optional ones. */
type FieldRules<Fields> = { readonly [Name in keyof Fields]-?: FieldRule };

const isString = (value: unknown): value is string => typeof value === 'string';
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const oneOf = (expected: string, values: readonly string[]): FieldRule => ({
  expected,
  isValid: (value) => isString(value) && values.includes(value),
});

/** Returns the rule for an optional field. */
const optional = ({ expected, isValid, strict }: FieldRule): FieldRule => ({
  expected,
  isValid: (value) => value === undefined || isValid(value),
  ...(strict && { strict: optional(strict) }),
});

/** Returns a rule that the conformance audits replace by a stricter one. */
const tolerant = (rule: FieldRule, strict: FieldRule): FieldRule => ({ ...rule, strict });

/** Largest distance from the answer of a call, in ms: the range of a GraphQL Int, about 24 days. */
const MAX_OFFSET_MS = 2 ** 31 - 1;
const MAX_ID_LENGTH = 200;
/** Hz. Below and above the rates of telephones and microphones: 8 is meant as kHz. */
const MIN_SAMPLE_RATE = 4000;
const MAX_SAMPLE_RATE = 192_000;
const ENCODINGS = Object.keys({ pcm_s16le: 0, mulaw: 0 } satisfies Record<AudioEncoding, 0>);

const ANYTHING: FieldRule = { expected: 'any value', isValid: () => true };
const STRING: FieldRule = { expected: 'a string', isValid: isString };
const NON_EMPTY: FieldRule = {
  expected: 'a non-empty string',
  isValid: (value) => isString(value) && value !== '',
};
const TEXT: FieldRule = {
  expected: 'a text that is not blank',
  isValid: (value) => isString(value) && value.trim() !== '',
};
const ID: FieldRule = {
  expected: `an id of 1 to ${MAX_ID_LENGTH} characters`,
  isValid: (value) => isString(value) && value !== '' && value.length <= MAX_ID_LENGTH,
};
const FLAG: FieldRule = { expected: 'true or false', isValid: (value) => typeof value === 'boolean' };
const NUMBER: FieldRule = { expected: 'a finite number', isValid: (value) => Number.isFinite(value) };
const OFFSET: FieldRule = {
  expected: 'an offset in ms',
  isValid: (value) => Number.isFinite(value) && Math.abs(value as number) <= MAX_OFFSET_MS,
};
const SHARE: FieldRule = {
  expected: 'a number from 0 to 1',
  isValid: (value) => typeof value === 'number' && value >= 0 && value <= 1,
};
const OBJECT: FieldRule = { expected: 'an object', isValid: isRecord };
const PARTY = oneOf('a party', PARTIES);
const STATUS = oneOf('a call status', CALL_STATUSES);
const LIVE_STATUS = oneOf(
  'a call status other than ENDED',
  CALL_STATUSES.filter((status) => status !== 'ENDED'),
);
const END: FieldRule = {
  expected: 'an object with an end category',
  isValid: (value) => isRecord(value) && END_CATEGORIES.some((category) => category === value['category']),
};
const UTTERANCES: FieldRule = {
  expected: 'a list of utterances with party and text',
  isValid: (value) =>
    Array.isArray(value) &&
    value.every((each) => isRecord(each) && PARTY.isValid(each['party']) && isString(each['text'])),
};

const NOTICE_SUBJECTS = Object.keys({ CALL: 0, PROVIDER: 0 } satisfies Record<NoticeSubject, 0>);

const PROVIDER_EVENT_BASE = {
  providerCallId: NON_EMPTY,
  occurredAt: { ...NUMBER, expected: 'a time in epoch ms' },
  dedupeKey: optional(tolerant(STRING, NON_EMPTY)),
} as const satisfies FieldRules<ProviderEventBase>;

const PROVIDER_EVENTS = {
  'call.started': { status: optional(STATUS), details: optional(OBJECT) },
  'call.status': { status: tolerant(STATUS, LIVE_STATUS) },
  'call.ended': { end: END },
  'call.report': {
    summary: tolerant(ANYTHING, optional(STRING)),
    cost: optional(OBJECT),
    details: optional(OBJECT),
    providerData: optional(OBJECT),
    utterances: optional(UTTERANCES),
  },
  'utterance.partial': { party: PARTY, text: STRING },
  'utterance.final': {
    party: PARTY,
    text: STRING,
    startMs: optional(NUMBER),
    endMs: optional(NUMBER),
    confidence: optional(NUMBER),
    mayBeKnown: tolerant(ANYTHING, optional(FLAG)),
  },
  'speech.started': { party: PARTY },
  'speech.stopped': { party: PARTY },
  dtmf: { digits: tolerant(STRING, NON_EMPTY) },
  'assistant.changed': { assistant: OBJECT },
  'transfer.started': { destination: tolerant(ANYTHING, optional(STRING)) },
  'command.confirmed': { commandId: tolerant(STRING, NON_EMPTY) },
  notice: {
    code: tolerant(STRING, NON_EMPTY),
    message: tolerant(STRING, NON_EMPTY),
    concerns: tolerant(ANYTHING, optional(oneOf('CALL or PROVIDER', NOTICE_SUBJECTS))),
  },
} as const satisfies { readonly [Type in ProviderEventType]: FieldRules<ProviderEventFields[Type]> };

const TRANSCRIBED_UTTERANCE = {
  party: PARTY,
  utteranceId: ID,
  text: TEXT,
  startMs: OFFSET,
  endMs: OFFSET,
  confidence: optional(SHARE),
} as const;

const TRANSCRIBER_EVENTS = {
  'utterance.partial': { party: PARTY, utteranceId: ID, text: STRING },
  'utterance.final': TRANSCRIBED_UTTERANCE,
  'utterance.revised': TRANSCRIBED_UTTERANCE,
  'speech.started': { party: PARTY, atMs: OFFSET },
  'speech.stopped': { party: PARTY, atMs: OFFSET },
  gap: { fromMs: OFFSET, toMs: OFFSET, reason: STRING },
  state: {
    state: oneOf('a transcription state', TRANSCRIPTION_STATES),
    code: optional(STRING),
    message: optional(STRING),
  },
} as const satisfies { readonly [Type in TranscriberEventType]: FieldRules<TranscriberEventFields[Type]> };

const MEDIA_STREAM = {
  encoding: oneOf('an audio encoding', ENCODINGS),
  sampleRate: {
    expected: `a sample rate of ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE} Hz`,
    isValid: (value) =>
      Number.isInteger(value) && Number(value) >= MIN_SAMPLE_RATE && Number(value) <= MAX_SAMPLE_RATE,
  },
  parties: {
    expected: 'a list of parties',
    isValid: (value) => Array.isArray(value) && value.length > 0 && value.every(PARTY.isValid),
  },
  providerCallId: NON_EMPTY,
  providerStreamId: optional(STRING),
} as const satisfies FieldRules<MediaStreamOptions>;

type Rules = Readonly<Record<string, FieldRule>>;
type EventTable = Readonly<Record<string, Rules>>;

/**
 * Returns what is wrong with an event of a provider plugin, without values other than its type; undefined if it is valid. Never throws.
 * @param mode `strict` applies the rules of the conformance audits. Default: the rules of the daemon.
 */
export function findProviderEventError(
  event: unknown,
  mode: 'tolerant' | 'strict' = 'tolerant',
): string | undefined {
  return findEventError(PROVIDER_EVENTS, PROVIDER_EVENT_BASE, event, mode === 'strict');
}

/** Returns what is wrong with an event of a transcriber plugin, without its values; undefined if it is valid. Never throws. */
export function findTranscriberEventError(event: unknown): string | undefined {
  return findEventError(TRANSCRIBER_EVENTS, {}, event, false);
}

/** Returns what is wrong with the options of a media stream; undefined if they are valid. Never throws. */
export function findMediaStreamError(options: unknown): string | undefined {
  return readSafely('stream', options, (fields) => findFieldError('stream', MEDIA_STREAM, fields, false));
}

function findEventError(
  table: EventTable,
  base: Rules,
  event: unknown,
  isStrict: boolean,
): string | undefined {
  return readSafely('event', event, (fields) => {
    const { type } = fields;
    if (!isString(type) || !Object.hasOwn(table, type))
      return `type: unknown event type${quoteUnknown(type, Object.keys(table))}`;
    return (
      findFieldError(type, base, fields, isStrict) ?? findFieldError(type, table[type]!, fields, isStrict)
    );
  });
}

/** Runs a check that reads an object. Properties may throw when they are read. */
function readSafely(
  name: string,
  value: unknown,
  findError: (fields: Readonly<Record<string, unknown>>) => string | undefined,
): string | undefined {
  try {
    return isRecord(value) ? findError(value) : `${name}: expected an object, received ${kindOf(value)}`;
  } catch {
    return `${name}: cannot be read`;
  }
}

function findFieldError(
  type: string,
  rules: Rules,
  event: Readonly<Record<string, unknown>>,
  isStrict: boolean,
): string | undefined {
  for (const [name, rule] of Object.entries(rules)) {
    const { expected, isValid } = (isStrict ? rule.strict : undefined) ?? rule;
    const value = event[name];
    if (!isValid(value)) return `${type}.${name}: expected ${expected}, received ${kindOf(value)}`;
  }
  return undefined;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
