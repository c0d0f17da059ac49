/** The transcript, the events and the commands of a call, derived from API events. Pure. */
import type { ApiError } from '../api/errors.ts';
import type { EnumOf } from '../api/graphql.ts';
import type { CallEvent, TranscriptUpdate } from './documents.ts';

export type Party = EnumOf<'Party'>;
export type CommandStatus = EnumOf<'CommandStatus'>;
type Of<Name extends CallEvent['__typename']> = Extract<CallEvent, { __typename: Name }>;

export interface Line {
  readonly id: string;
  readonly party: Party;
  readonly text: string;
  readonly at: string;
  /** Start and end of the utterance, ms from the answer; null if unknown. */
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** How certain the transcriber was, 0 to 1; null if unknown. */
  readonly confidence: number | null;
  /** The client that added it; null if it comes from the provider or a transcriber. */
  readonly addedBy: string | null;
}

export interface CommandEntry extends Pick<
  Of<'CommandChanged'>['command'],
  'id' | 'kind' | 'arguments' | 'requestedBy' | 'failure'
> {
  readonly status: CommandStatus;
  readonly steps: readonly { readonly status: CommandStatus; readonly at: string }[];
}

/** An entry of the timeline: an event, or a command with all its status changes. */
export type TimelineEntry =
  Exclude<CallEvent, Of<'UtteranceFinalized'> | Of<'UtteranceRevised'> | Of<'CommandChanged'>> | CommandEntry;

export interface CallTimeline {
  /** Whether all past events were received. */
  readonly isLoaded: boolean;
  /** Final utterances, in the order in which they were spoken. */
  readonly lines: readonly Line[];
  /** The current partial of each party. */
  readonly partials: ReadonlyMap<Party, Line>;
  readonly entries: readonly TimelineEntry[];
  /** Why the events could not be loaded. */
  readonly error: ApiError | undefined;
}

export type TimelineUpdate =
  | { readonly type: 'events'; readonly events: readonly CallEvent[] }
  | { readonly type: 'transcript'; readonly utterance: TranscriptUpdate['utterance'] }
  /** Nothing more was received about these partials, of one party or of all: their final may have been missed. */
  | { readonly type: 'partials-expired'; readonly party?: Party }
  | { readonly type: 'error'; readonly error: ApiError }
  | { readonly type: 'caught-up' };

export const EMPTY_TIMELINE: CallTimeline = {
  isLoaded: false,
  lines: [],
  partials: new Map(),
  entries: [],
  error: undefined,
};

export const isCommand = (entry: TimelineEntry): entry is CommandEntry => !('__typename' in entry);

export function applyUpdates(timeline: CallTimeline, updates: readonly TimelineUpdate[]): CallTimeline {
  return updates.reduce((current, update) => {
    if (update.type === 'caught-up') return { ...current, isLoaded: true };
    if (update.type === 'error') return { ...current, error: update.error };
    if (update.type === 'events') return update.events.reduce(withEvent, current);
    if (update.type === 'partials-expired') return withoutPartials(current, update.party);
    const { utterance } = update;
    return utterance.isFinal ? withFinal(current, utterance) : withPartial(current, utterance);
  }, timeline);
}

function withEvent(timeline: CallTimeline, event: CallEvent): CallTimeline {
  if (event.__typename === 'UtteranceFinalized' || event.__typename === 'UtteranceRevised')
    return withFinal(timeline, event.utterance);
  if (event.__typename === 'CommandChanged')
    return { ...timeline, entries: withCommand(timeline.entries, event) };
  const entries = [...timeline.entries, event];
  // The partials of an ended call will not become final.
  if (event.__typename === 'CallEnded') return { ...timeline, entries, partials: new Map() };
  return { ...timeline, entries };
}

function withCommand(entries: readonly TimelineEntry[], event: Of<'CommandChanged'>): TimelineEntry[] {
  const { command, commandStatus: status, at } = event;
  const { id, kind, arguments: args, requestedBy, failure } = command;
  const existing = entries.find((entry) => isCommand(entry) && entry.id === id) as CommandEntry | undefined;
  const steps = [...(existing?.steps ?? []), { status, at }];
  const updated: CommandEntry = { id, kind, arguments: args, requestedBy, failure, status, steps };
  return existing ? entries.map((entry) => (entry === existing ? updated : entry)) : [...entries, updated];
}

/** Both subscriptions deliver finals, and a provider may send a final again. */
function withFinal(timeline: CallTimeline, received: Line): CallTimeline {
  const line = lineOf(received);
  const { id, party } = line;
  const others = hasLine(timeline.lines, id)
    ? timeline.lines.filter((other) => other.id !== id)
    : timeline.lines;
  const index = others.findLastIndex((other) => !isBefore(line, other)) + 1;
  const partials = new Map(timeline.partials);
  if (partials.get(party)?.id === id) partials.delete(party);
  return { ...timeline, lines: others.toSpliced(index, 0, line), partials };
}

/** A loop, because loading a call of 3,000 lines asks 3,000 times. */
function hasLine(lines: readonly Line[], id: string): boolean {
  for (let i = lines.length - 1; i >= 0; i--) if (lines[i]!.id === id) return true;
  return false;
}

function withPartial(timeline: CallTimeline, received: Line): CallTimeline {
  const line = lineOf(received);
  // The final arrived first, through the other subscription.
  if (hasLine(timeline.lines, line.id)) return timeline;
  return { ...timeline, partials: new Map(timeline.partials).set(line.party, line) };
}

function withoutPartials(timeline: CallTimeline, party: Party | undefined): CallTimeline {
  if (timeline.partials.size === 0) return timeline;
  const partials = new Map(timeline.partials);
  if (party === undefined) partials.clear();
  else partials.delete(party);
  return { ...timeline, partials };
}

/** Returns a line without the other fields of the response. */
const lineOf = ({ id, party, text, at, startMs, endMs, confidence, addedBy }: Line): Line => ({
  id,
  party,
  text,
  at,
  startMs,
  endMs,
  confidence,
  addedBy,
});

/** Orders lines by start time; lines without one stay in the order of arrival. */
const isBefore = (a: Line, b: Line): boolean =>
  a.startMs !== null && b.startMs !== null && a.startMs < b.startMs;
