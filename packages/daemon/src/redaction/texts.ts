/** Where the texts of events are. A new type of event does not compile until its texts are listed. Pure. */
import type {
  CallDetails,
  CallFact,
  CallFactOf,
  CallFactType,
  ProviderEvent,
  ProviderEventOf,
  ProviderEventType,
} from '@sidetone/core';
import type { Redactor } from './redactor.ts';

type EventTexts = {
  readonly [Type in ProviderEventType]: (event: ProviderEventOf<Type>, redactor: Redactor) => object;
};
type FactTexts = {
  readonly [Type in CallFactType]: (fact: CallFactOf<Type>, redactor: Redactor) => object;
};

/** No texts, or only numbers and names that the call is found by. */
const none = (): object => ({});

type Data = Readonly<Record<string, unknown>>;
const dataOf = (data: Data | undefined, { value }: Redactor): object =>
  data ? { providerData: value(data) as Data } : {};
const detailsOf = (details: CallDetails | undefined, redactor: Redactor): object =>
  details?.providerData ? { details: { ...details, ...dataOf(details.providerData, redactor) } } : {};
const summaryOf = (summary: string | undefined, { text }: Redactor): object =>
  summary === undefined ? {} : { summary: text(summary) };
const reportOf = (
  { summary, providerData }: { readonly summary?: string; readonly providerData?: Data },
  redactor: Redactor,
): object => ({ ...summaryOf(summary, redactor), ...dataOf(providerData, redactor) });
const messageIn = <Value extends { readonly message?: string }>(value: Value, { text }: Redactor): Value =>
  value.message === undefined ? value : { ...value, message: text(value.message) };

/** Partials are redacted where they are published. */
const EVENT_TEXTS: EventTexts = {
  'call.started': ({ details }, redactor) => detailsOf(details, redactor),
  'call.status': none,
  'call.ended': ({ end }, redactor) => ({ end: messageIn(end, redactor) }),
  'call.report': (event, redactor) => ({
    ...reportOf(event, redactor),
    ...detailsOf(event.details, redactor),
    ...(event.utterances && {
      utterances: event.utterances.map((each) => ({ ...each, text: redactor.text(each.text) })),
    }),
  }),
  'utterance.partial': none,
  'utterance.final': ({ text }, redactor) => ({ text: redactor.text(text) }),
  'speech.started': none,
  'speech.stopped': none,
  dtmf: ({ digits }, redactor) => ({ digits: redactor.text(digits) }),
  'assistant.changed': none,
  'transfer.started': none,
  'command.confirmed': none,
  notice: ({ message }, redactor) => ({ message: redactor.text(message) }),
};

const utteranceOf = (
  { utterance }: CallFactOf<'UTTERANCE_FINALIZED'> | CallFactOf<'UTTERANCE_REVISED'>,
  redactor: Redactor,
): object => ({ utterance: { ...utterance, text: redactor.text(utterance.text) } });

const reasonOf = ({ reason }: { readonly reason?: string }, redactor: Redactor): object =>
  reason === undefined ? {} : { reason: redactor.text(reason) };

/** Texts of commands; other arguments are numbers and addresses that the command needs. */
const COMMAND_TEXTS = ['content', 'digits', 'reason'] as const;

const FACT_TEXTS: FactTexts = {
  CALL_STARTED: ({ details }, redactor) => detailsOf(details, redactor),
  CALL_UPDATED: ({ details, end }, redactor) => ({
    ...detailsOf(details, redactor),
    ...(end && { end: messageIn(end, redactor) }),
  }),
  CALL_STATUS_CHANGED: none,
  CALL_ENDED: ({ end }, redactor) => ({ end: messageIn(end, redactor) }),
  UTTERANCE_FINALIZED: utteranceOf,
  UTTERANCE_REVISED: utteranceOf,
  SPEECH_STARTED: none,
  SPEECH_STOPPED: none,
  DTMF_RECEIVED: ({ digits }, redactor) => ({ digits: redactor.text(digits) }),
  STREAM_STARTED: none,
  STREAM_STOPPED: none,
  COMMAND_CHANGED: ({ command }, redactor) => {
    const texts = COMMAND_TEXTS.flatMap((name) => {
      const text = command.arguments[name];
      return typeof text === 'string' ? [[name, redactor.text(text)] as const] : [];
    });
    const failure = command.failure && { failure: messageIn(command.failure, redactor) };
    const args = { ...command.arguments, ...Object.fromEntries(texts) };
    return { command: { ...command, arguments: args, ...failure } };
  },
  TRANSFER_STARTED: none,
  ASSISTANT_CHANGED: none,
  CALL_REPORTED: reportOf,
  CALL_ANNOTATED: ({ note }, redactor) => (note ? { note: { ...note, text: redactor.text(note.text) } } : {}),
  CALL_WATCHED: none,
  CALL_HOLD_CHANGED: reasonOf,
  CALL_NOTICE: ({ message }, redactor) => ({ message: redactor.text(message) }),
  RECORDING_STARTED: none,
  RECORDING_STOPPED: none,
  TRANSCRIPTION_CHANGED: none,
  CAPTURE_CHANGED: reasonOf,
  LISTENING_STARTED: none,
  LISTENING_STOPPED: none,
};

export const redactEvent = (event: ProviderEvent, redactor: Redactor): ProviderEvent => {
  const texts = EVENT_TEXTS[event.type] as (event: ProviderEvent, redactor: Redactor) => object;
  return { ...event, ...texts(event, redactor) };
};

export const redactFact = (fact: CallFact, redactor: Redactor): CallFact => {
  const texts = FACT_TEXTS[fact.type] as (fact: CallFact, redactor: Redactor) => object;
  return { ...fact, ...texts(fact, redactor) };
};
