/**
 * The state of a call, derived from its events. A call only changes through `evolve`, both live and on replay. Which events
 * follow from a provider event is decided in `decide.ts`.
 */
import { pausesAfter, type CapturePauses } from './capture.ts';
import { isWithinDataLimits } from './events/event-limits.ts';
import type { CallFact, CallFactType, CallFactOf, CallTranscription, Command } from './fact.ts';
import type { CallId, ProviderCallId, ProviderId } from './ids.ts';
import type { Assistant, CallDetails, CallEnd, Money } from './provider-event.ts';
import { PARTIES, type CallDirection, type CallStatus, type Party } from './vocabulary.ts';

/** A time during which a party spoke, epoch ms. */
export interface Speech {
  readonly from: number;
  readonly to: number;
}

/** The state of a call at one position of the log. Times are in epoch ms. */
export interface Call extends CapturePauses {
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
  /** Whether a report contained the complete transcript. */
  readonly isTranscriptReported: boolean;
  /** Parties muted by a command. No provider reports the actual state. */
  readonly mutedParties: readonly Party[];
  /** In the order in which they were added. */
  readonly tags: readonly string[];
  /** Who added each tag. Without tags whose author is not known: those added by earlier releases. */
  readonly tagOrigins: readonly TagOrigin[];
  readonly noteCount: number;
  /** Set while the data of the call must be kept. */
  readonly hold?: CallHold;
  /** The current or last transcription, and since when it has been in its state. */
  readonly transcription?: CallTranscription & { readonly since: number };
  /** For each party that is speaking, since when. */
  readonly speakingSince: Readonly<Partial<Record<Party, number>>>;
  /** The last speech of each party that has ended: its final may follow. */
  readonly lastSpeech: Readonly<Partial<Record<Party, Speech>>>;
  /** End offset of each party's last final utterance, in ms. The next one cannot start before it. */
  readonly lastFinalEndMs: Readonly<Partial<Record<Party, number>>>;
}

/** A legal hold of a call. */
export interface CallHold {
  /** Name of the access token of the client that placed it. */
  readonly by: string;
  /** Epoch ms. */
  readonly at: number;
  readonly reason?: string;
}

/** Who added a tag, and when. */
export interface TagOrigin {
  readonly tag: string;
  /** Name of the access token of the client. */
  readonly by: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Returns whether the call has not ended. */
export const isLive = (call: Pick<Call, 'status'>): boolean => call.status !== 'ENDED';

/** Returns the time from which offsets are counted, in epoch ms: the answer, or the creation if it was never answered. */
export const offsetOrigin = (call: Call): number => call.answeredAt ?? call.createdAt;

/** Returns whether a transcriber is active for the call. Finals of the provider would then be duplicates. */
export function isTranscribed({ transcription }: Pick<Call, 'transcription'>): boolean {
  return transcription !== undefined && transcription.state !== 'FAILED' && transcription.state !== 'STOPPED';
}

const isAnswered = (status: CallStatus): boolean => status === 'IN_PROGRESS' || status === 'FORWARDING';

type ProviderData = NonNullable<CallDetails['providerData']>;

/** Returns both together, or only `before` if they exceed the limits of one event: a call has many events. */
function mergeData(before: ProviderData | undefined, added: ProviderData): ProviderData {
  const merged = { ...before, ...added };
  return before === undefined || isWithinDataLimits(merged) ? merged : before;
}

/** Returns the call with `details` merged into it. */
export function withDetails(call: Call, details: CallDetails): Call {
  const { createdAt, endedAt, providerData, assistant, ...rest } = details;
  return {
    ...call,
    ...rest,
    ...(createdAt !== undefined && { createdAt }),
    ...(endedAt !== undefined && !isLive(call) && { endedAt }),
    ...(assistant && { assistant: { ...call.assistant, ...assistant } }),
    ...(providerData && { providerData: mergeData(call.providerData, providerData) }),
  };
}

function withStatus(call: Call, status: CallStatus, at: number): Call {
  const answeredNow = isAnswered(status) && call.answeredAt === undefined;
  return { ...call, status, statusAt: at, ...(answeredNow && { answeredAt: at }) };
}

function without<Value>(record: Readonly<Partial<Record<Party, Value>>>, party: Party) {
  const { [party]: _removed, ...rest } = record;
  return rest;
}

/** Returns the speech of a party that ends at `at`. */
function ended(since: Call['speakingSince'], party: Party, at: number): Call['lastSpeech'] {
  const from = since[party];
  return from === undefined ? {} : { [party]: { from, to: Math.max(from, at) } };
}

/** Ends all speech. */
function withoutSpeech(
  { speakingSince, lastSpeech }: Call,
  at: number,
): Pick<Call, 'speakingSince' | 'lastSpeech'> {
  const speeches = PARTIES.map((party) => ended(speakingSince, party, at));
  return { speakingSince: {}, lastSpeech: Object.assign({}, lastSpeech, ...speeches) as Call['lastSpeech'] };
}

/** Applies an accepted mute command. No provider reports muting by itself. */
function withMute(call: Call, { kind, status, arguments: args }: Command): Call {
  const isAccepted = status === 'ACCEPTED' || status === 'CONFIRMED';
  if (!isAccepted || (kind !== 'MUTE' && kind !== 'UNMUTE')) return call;
  const party = args['party'] as Party;
  const others = call.mutedParties.filter((muted) => muted !== party);
  return { ...call, mutedParties: kind === 'MUTE' ? [...others, party] : others };
}

/** Places or releases a hold. */
function withHold(call: Call, { held, reason, by = '' }: CallFactOf<'CALL_HOLD_CHANGED'>, at: number): Call {
  const { hold: _released, ...others } = call;
  return held ? { ...others, hold: { by, at, ...(reason !== undefined && { reason }) } } : others;
}

type Evolver<Type extends CallFactType> = (call: Call, fact: CallFactOf<Type>, at: number) => Call;

const unchanged = (call: Call): Call => call;

const EVOLVERS: { readonly [Type in Exclude<CallFactType, 'CALL_STARTED'>]: Evolver<Type> } = {
  CALL_UPDATED: (call, { details, end }) => ({ ...withDetails(call, details), ...(end && { end }) }),
  CALL_STATUS_CHANGED: (call, { status }, at) => withStatus(call, status, at),
  CALL_ENDED: (call, { end }, at) => ({
    ...call,
    status: 'ENDED',
    statusAt: at,
    endedAt: at,
    end,
    ...withoutSpeech(call, at),
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
  SPEECH_STOPPED: (call, { party }, at) => ({
    ...call,
    speakingSince: without(call.speakingSince, party),
    lastSpeech: { ...call.lastSpeech, ...ended(call.speakingSince, party, at) },
  }),
  ASSISTANT_CHANGED: (call, { assistant }) => ({ ...call, assistant }),
  CALL_REPORTED: (call, { summary, cost, providerData, includesTranscript }) => ({
    ...call,
    isTranscriptReported: call.isTranscriptReported || includesTranscript === true,
    ...(summary !== undefined && { summary }),
    ...(cost && { cost }),
    ...(providerData && { providerData: mergeData(call.providerData, providerData) }),
  }),
  DTMF_RECEIVED: unchanged,
  STREAM_STARTED: unchanged,
  STREAM_STOPPED: unchanged,
  COMMAND_CHANGED: (call, { command }) => withMute(call, command),
  TRANSFER_STARTED: unchanged,
  CALL_ANNOTATED: (call, { tagsAdded = [], tagsRemoved = [], note, by }, at) => ({
    ...call,
    tags: [...call.tags.filter((tag) => !tagsRemoved.includes(tag)), ...tagsAdded],
    tagOrigins: [
      ...call.tagOrigins.filter(({ tag }) => !tagsRemoved.includes(tag)),
      ...(by === undefined ? [] : tagsAdded.map((tag) => ({ tag, by, at }))),
    ],
    noteCount: call.noteCount + (note ? 1 : 0),
  }),
  CALL_WATCHED: unchanged,
  CALL_HOLD_CHANGED: withHold,
  CALL_NOTICE: unchanged,
  RECORDING_STARTED: unchanged,
  RECORDING_STOPPED: unchanged,
  TRANSCRIPTION_CHANGED: (call, { transcription }, at) => ({
    ...call,
    transcription: { ...transcription, since: at },
  }),
  CAPTURE_CHANGED: (call, fact, at) => ({ ...call, capturePauses: pausesAfter(call, fact, at) }),
  LISTENING_STARTED: unchanged,
  LISTENING_STOPPED: unchanged,
};

function newCall(callId: CallId, fact: CallFactOf<'CALL_STARTED'>, at: number): Call {
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
    tagOrigins: [],
    noteCount: 0,
    speakingSince: {},
    lastSpeech: {},
    lastFinalEndMs: {},
  };
  return withStatus(withDetails(call, fact.details), fact.status, at);
}

/**
 * Returns the state of the call after an event. Pure. The first event of a call is CALL_STARTED; a second CALL_STARTED has
 * no effect.
 * @throws {TypeError} If the first event of a call is not CALL_STARTED, which means that the log is corrupt.
 */
export function evolve(call: Call | undefined, callId: CallId, fact: CallFact, at: number): Call {
  if (fact.type === 'CALL_STARTED') return call ?? newCall(callId, fact, at);
  if (!call)
    throw new TypeError(`call ${callId}: expected CALL_STARTED as the first event, received ${fact.type}`);
  const evolver = EVOLVERS[fact.type] as Evolver<CallFactType>;
  return evolver(call, fact, at);
}
