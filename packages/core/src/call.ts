/**
 * A call as the facts tell it. `evolve` is the only way a call changes, live and on replay alike.
 * What an event of a provider means for a call is decided in `decide.ts`.
 */
import type { CallFact, CallFactType, CallFactOf, CallTranscription, Command } from './fact.ts';
import type { CallId, ProviderCallId, ProviderId } from './ids.ts';
import type { Assistant, CallDetails, CallEnd, Money } from './provider-event.ts';
import type { CallDirection, CallStatus, Party } from './vocabulary.ts';

/** A call at one position of the log. Instants are epoch ms. */
export interface Call {
  readonly id: CallId;
  readonly providerId: ProviderId;
  readonly providerCallId: ProviderCallId;
  readonly status: CallStatus;
  /** When `status` was last set. */
  readonly statusAt: number;
  readonly createdAt: number;
  readonly answeredAt?: number;
  readonly endedAt?: number;
  readonly end?: CallEnd;
  readonly direction?: CallDirection;
  readonly from?: string;
  readonly to?: string;
  readonly assistant?: Assistant;
  readonly summary?: string;
  readonly cost?: Money;
  readonly providerData?: Readonly<Record<string, unknown>>;
  /** Whether a report told all that was said. */
  readonly isTranscriptReported: boolean;
  /** Parties that were muted by a command, as far as we know: no provider lets it be read back. */
  readonly mutedParties: readonly Party[];
  /** What people marked it with, in the order of marking. */
  readonly tags: readonly string[];
  readonly noteCount: number;
  /** Who transcribes it, or did last, and since when that is as it is. */
  readonly transcription?: CallTranscription & { readonly since: number };
  /** Since when each party that is speaking now has been. */
  readonly speakingSince: Readonly<Partial<Record<Party, number>>>;
  /** The end offset of each party's last final utterance, ms: a later one cannot start before it. */
  readonly lastFinalEndMs: Readonly<Partial<Record<Party, number>>>;
}

/** Whether a call in this status can still be heard of. */
export const isLive = (call: Pick<Call, 'status'>): boolean => call.status !== 'ENDED';

/** The moment that offsets count from: the answer, or the first we knew of a call that was never answered. */
export const offsetOrigin = (call: Call): number => call.answeredAt ?? call.createdAt;

/** Whether a transcriber tells what is said in the call: then the provider's own words would be doubles. */
export function isTranscribed({ transcription }: Pick<Call, 'transcription'>): boolean {
  return transcription !== undefined && transcription.state !== 'FAILED' && transcription.state !== 'STOPPED';
}

const isAnswered = (status: CallStatus): boolean => status === 'IN_PROGRESS' || status === 'FORWARDING';

/** Lays newly known details over a call. */
export function withDetails(call: Call, details: CallDetails): Call {
  const { createdAt, endedAt, providerData, assistant, ...rest } = details;
  return {
    ...call,
    ...rest,
    ...(createdAt !== undefined && { createdAt }),
    ...(endedAt !== undefined && !isLive(call) && { endedAt }),
    ...(assistant && { assistant: { ...call.assistant, ...assistant } }),
    ...(providerData && { providerData: { ...call.providerData, ...providerData } }),
  };
}

function withStatus(call: Call, status: CallStatus, at: number): Call {
  const answeredNow = isAnswered(status) && call.answeredAt === undefined;
  return { ...call, status, statusAt: at, ...(answeredNow && { answeredAt: at }) };
}

function without<Value>(record: Readonly<Partial<Record<Party, Value>>>, party: Party) {
  const { [party]: _gone, ...rest } = record;
  return rest;
}

/** A provider that took a mute command has muted: there is nothing else to know it by. */
function withMute(call: Call, { kind, status, arguments: args }: Command): Call {
  const isTaken = status === 'ACCEPTED' || status === 'CONFIRMED';
  if (!isTaken || (kind !== 'MUTE' && kind !== 'UNMUTE')) return call;
  const party = args['party'] as Party;
  const others = call.mutedParties.filter((muted) => muted !== party);
  return { ...call, mutedParties: kind === 'MUTE' ? [...others, party] : others };
}

type Evolver<Type extends CallFactType> = (call: Call, fact: CallFactOf<Type>, at: number) => Call;

const unchanged = (call: Call): Call => call;

const EVOLVERS: { readonly [Type in Exclude<CallFactType, 'CALL_STARTED'>]: Evolver<Type> } = {
  CALL_UPDATED: (call, { details }) => withDetails(call, details),
  CALL_STATUS_CHANGED: (call, { status }, at) => withStatus(call, status, at),
  CALL_ENDED: (call, { end }, at) => ({
    ...call,
    status: 'ENDED',
    statusAt: at,
    endedAt: at,
    end,
    speakingSince: {},
    ...(isTranscribed(call) && {
      transcription: { transcriber: call.transcription!.transcriber, state: 'STOPPED', since: at },
    }),
  }),
  UTTERANCE_FINALIZED: (call, { utterance }) =>
    utterance.endMs === undefined
      ? call
      : { ...call, lastFinalEndMs: { ...call.lastFinalEndMs, [utterance.party]: utterance.endMs } },
  UTTERANCE_REVISED: unchanged,
  SPEECH_STARTED: (call, { party }, at) => ({
    ...call,
    speakingSince: { ...call.speakingSince, [party]: at },
  }),
  SPEECH_STOPPED: (call, { party }) => ({ ...call, speakingSince: without(call.speakingSince, party) }),
  ASSISTANT_CHANGED: (call, { assistant }) => ({ ...call, assistant }),
  CALL_REPORTED: (call, { summary, cost, providerData, includesTranscript }) => ({
    ...call,
    isTranscriptReported: call.isTranscriptReported || includesTranscript === true,
    ...(summary !== undefined && { summary }),
    ...(cost && { cost }),
    ...(providerData && { providerData: { ...call.providerData, ...providerData } }),
  }),
  DTMF_RECEIVED: unchanged,
  STREAM_STARTED: unchanged,
  STREAM_STOPPED: unchanged,
  COMMAND_CHANGED: (call, { command }) => withMute(call, command),
  TRANSFER_STARTED: unchanged,
  CALL_ANNOTATED: (call, { tagsAdded = [], tagsRemoved = [], note }) => ({
    ...call,
    tags: [...call.tags.filter((tag) => !tagsRemoved.includes(tag)), ...tagsAdded],
    noteCount: call.noteCount + (note ? 1 : 0),
  }),
  CALL_NOTICE: unchanged,
  RECORDING_STARTED: unchanged,
  RECORDING_STOPPED: unchanged,
  TRANSCRIPTION_CHANGED: (call, { transcription }, at) => ({
    ...call,
    transcription: { ...transcription, since: at },
  }),
  LISTENING_STARTED: unchanged,
  LISTENING_STOPPED: unchanged,
};

function begin(callId: CallId, fact: CallFactOf<'CALL_STARTED'>, at: number): Call {
  const call: Call = {
    id: callId,
    providerId: fact.providerId,
    providerCallId: fact.providerCallId,
    status: fact.status,
    statusAt: at,
    createdAt: at,
    isTranscriptReported: false,
    mutedParties: [],
    tags: [],
    noteCount: 0,
    speakingSince: {},
    lastFinalEndMs: {},
  };
  return withStatus(withDetails(call, fact.details), fact.status, at);
}

/**
 * The call after a fact. Pure and total: the first fact of a call is CALL_STARTED, and a second one changes nothing.
 * @throws {TypeError} when the first fact of a call is another: the log is then not ours.
 */
export function evolve(call: Call | undefined, callId: CallId, fact: CallFact, at: number): Call {
  if (fact.type === 'CALL_STARTED') return call ?? begin(callId, fact, at);
  if (!call) throw new TypeError(`fact ${fact.type} of a call that never started`);
  const evolver = EVOLVERS[fact.type] as Evolver<CallFactType>;
  return evolver(call, fact, at);
}
