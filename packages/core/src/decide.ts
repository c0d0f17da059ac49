/**
 * What an event of a provider means: the facts that follow from it, given the call so far.
 * Pure and total. An event that tells nothing new gives no facts, so a redelivery, a late or an impossible step
 * costs nothing; an event about a call that nobody announced begins it.
 */
import { evolve, isLive, isTranscribed, offsetOrigin, type Call } from './call.ts';
import { firstStatus, nextStatus } from './call-status.ts';
import type { CallFact, CallFactOf } from './fact.ts';
import type { CallId, IdSource, ProviderId, UtteranceId } from './ids.ts';
import { missingWords, type Words } from './missing-words.ts';
import type {
  CallDetails,
  ProviderEvent,
  ProviderEventOf,
  ProviderEventType,
  ReportedUtterance,
} from './provider-event.ts';
import type { CallStatus } from './vocabulary.ts';

/** What a decision needs besides the call and the event. */
export interface DecisionContext {
  readonly providerId: ProviderId;
  readonly ids: Pick<IdSource, 'utterance'>;
  /** The id that a partial of this party already showed, so that its final keeps it. */
  readonly openUtterance?: UtteranceId;
  /** What has been said in the call so far. Asked for only when a report has to be compared with it. */
  readonly heard: () => readonly Words[];
}

type Decider<Type extends ProviderEventType> = (
  call: Call,
  event: ProviderEventOf<Type>,
  context: DecisionContext,
) => readonly CallFact[];

const NOTHING: readonly CallFact[] = [];

/** The part of `details` that the call does not know yet, or nothing. */
function news(call: Call, details: CallDetails): CallDetails | undefined {
  const known: Readonly<Record<string, unknown>> = { ...call };
  const fresh = Object.entries(details).filter(
    ([key, value]) =>
      value !== undefined && !isCovered(known[key], value) && !(key === 'endedAt' && isLive(call)),
  );
  return fresh.length > 0 ? Object.fromEntries(fresh) : undefined;
}

/** Whether all that `value` tells is in `known` already. */
function isCovered(known: unknown, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return known === value;
  if (typeof known !== 'object' || known === null) return false;
  const facts = known as Readonly<Record<string, unknown>>;
  return Object.entries(value).every(([key, part]) => isCovered(facts[key], part));
}

function updated(call: Call, details: CallDetails | undefined): readonly CallFact[] {
  const fresh = details && news(call, details);
  return fresh ? [{ type: 'CALL_UPDATED', details: fresh }] : NOTHING;
}

function statusChanged(
  call: Call,
  event: ProviderEventOf<'call.started'> | ProviderEventOf<'call.status'>,
): readonly CallFact[] {
  if (event.status === undefined || event.status === 'ENDED') return NOTHING;
  if (!isLive(call)) return answeredLate(call, event.status, event.occurredAt);
  const status = nextStatus(call, event);
  return status === call.status ? NOTHING : [{ type: 'CALL_STATUS_CHANGED', status }];
}

/** The news that a call was answered may come after the news that it ended. */
function answeredLate(call: Call, status: CallStatus, occurredAt: number): readonly CallFact[] {
  const isInTime = occurredAt <= (call.endedAt ?? occurredAt);
  const tells = status === 'IN_PROGRESS' && call.answeredAt === undefined && isInTime;
  return tells ? [{ type: 'CALL_UPDATED', details: { answeredAt: occurredAt } }] : NOTHING;
}

function finalized(
  call: Call,
  event: ProviderEventOf<'utterance.final'>,
  { ids, openUtterance, heard }: DecisionContext,
): readonly CallFact[] {
  const { party, text, confidence } = event;
  if (text.trim() === '' || isTranscribed(call)) return NOTHING;
  if (wasTranscribedToItsEnd(call) && heard().length > 0) return NOTHING;
  if (call.isTranscriptReported && missingWords(heard(), [{ party, text }]).length === 0) return NOTHING;
  const origin = offsetOrigin(call);
  const endMs = event.endMs ?? Math.max(0, event.occurredAt - origin);
  const since = call.speakingSince[party];
  const derived =
    since === undefined ? undefined : Math.max(since - origin, call.lastFinalEndMs[party] ?? 0, 0);
  const startMs = event.startMs ?? (derived === undefined ? undefined : Math.min(derived, endMs));
  return [
    {
      type: 'UTTERANCE_FINALIZED',
      utterance: {
        id: openUtterance ?? ids.utterance(),
        party,
        text,
        endMs,
        ...(startMs !== undefined && { startMs }),
        ...(confidence !== undefined && { confidence }),
      },
    },
  ];
}

/** Whether its end is what stopped its transcription: words of the provider that come later are as old as it. */
function wasTranscribedToItsEnd({ status, statusAt, transcription }: Call): boolean {
  return status === 'ENDED' && transcription?.state === 'STOPPED' && transcription.since === statusAt;
}

/** What a report adds. Words of a transcriber it would only tell once more, in other ones. */
function reported(
  call: Call,
  utterances: readonly ReportedUtterance[] | undefined,
  heard: () => readonly Words[],
): readonly ReportedUtterance[] {
  if (!utterances) return [];
  const known = heard();
  const isToldAlready = call.transcription !== undefined && call.transcription.state !== 'FAILED';
  return isToldAlready && known.length > 0 ? [] : missingWords(known, utterances);
}

const DECIDERS: { readonly [Type in ProviderEventType]: Decider<Type> } = {
  'call.started': (call, event) => [...updated(call, event.details), ...statusChanged(call, event)],
  'call.status': statusChanged,
  'call.ended': (call, { end }) => (isLive(call) ? [{ type: 'CALL_ENDED', end }] : NOTHING),
  'call.report': (call, { summary, cost, details, providerData, utterances }, { ids, heard }) => [
    ...updated(call, details),
    {
      type: 'CALL_REPORTED',
      ...(summary !== undefined && { summary }),
      ...(cost && { cost }),
      ...(providerData && { providerData }),
      ...(utterances && { includesTranscript: true }),
    },
    ...reported(call, utterances, heard).map((words): CallFact => {
      return { type: 'UTTERANCE_FINALIZED', utterance: { id: ids.utterance(), ...words } };
    }),
  ],
  'utterance.partial': () => NOTHING,
  'utterance.final': finalized,
  'speech.started': (call, { party }) =>
    isLive(call) && call.speakingSince[party] === undefined ? [{ type: 'SPEECH_STARTED', party }] : NOTHING,
  'speech.stopped': (call, { party }) =>
    call.speakingSince[party] === undefined ? NOTHING : [{ type: 'SPEECH_STOPPED', party }],
  dtmf: (_call, { digits }) => (digits === '' ? NOTHING : [{ type: 'DTMF_RECEIVED', digits }]),
  'assistant.changed': (call, { assistant }) =>
    isCovered(call.assistant, assistant) ? NOTHING : [{ type: 'ASSISTANT_CHANGED', assistant }],
  'transfer.started': (_call, { destination }) => [
    { type: 'TRANSFER_STARTED', ...(destination !== undefined && { destination }) },
  ],
  // Which command it was, and how it stands, is known where commands are kept.
  'command.confirmed': () => NOTHING,
  notice: (_call, { code, message }) => [{ type: 'CALL_NOTICE', code, message }],
};

function started(event: ProviderEvent, providerId: ProviderId): CallFactOf<'CALL_STARTED'> {
  const details = event.type === 'call.started' || event.type === 'call.report' ? event.details : undefined;
  return {
    type: 'CALL_STARTED',
    providerId,
    providerCallId: event.providerCallId,
    status: firstStatus(event),
    details: details ?? {},
  };
}

/** Speech, words and keys show that a call which was waiting has been answered, if nobody said so. */
function connected(call: Call, event: ProviderEvent): CallFact | undefined {
  if (event.type === 'call.started' || event.type === 'call.status' || event.type === 'call.ended')
    return undefined;
  const status = nextStatus(call, event);
  return status === call.status ? undefined : { type: 'CALL_STATUS_CHANGED', status };
}

/** The facts that follow from `event`, in the order in which they go into the log; empty when it tells nothing new. */
export function decide(
  call: Call | undefined,
  callId: CallId,
  event: ProviderEvent,
  context: DecisionContext,
): readonly CallFact[] {
  const first = call ? connected(call, event) : started(event, context.providerId);
  const after = first ? evolve(call, callId, first, event.occurredAt) : call!;
  const decider = DECIDERS[event.type] as Decider<ProviderEventType>;
  return [...(first ? [first] : NOTHING), ...decider(after, event, context)];
}
