/** What is known of a call: its words, what happened, and what became of commands. Pure: events in, timeline out. */
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
  /** ms from the answer. */
  readonly startMs: number | null;
  readonly endMs: number | null;
}

/** Words of one party without the other in between. */
export interface Turn {
  readonly id: string;
  readonly party: Party;
  readonly lines: readonly Line[];
}

export interface CommandEntry extends Pick<
  Of<'CommandChanged'>['command'],
  'id' | 'kind' | 'arguments' | 'requestedBy' | 'failure'
> {
  readonly status: CommandStatus;
  readonly steps: readonly { readonly status: CommandStatus; readonly at: string }[];
}

/** A row of the timeline: an event, or a command with all that became of it. */
export type TimelineEntry =
  Exclude<CallEvent, Of<'UtteranceFinalized'> | Of<'UtteranceRevised'> | Of<'CommandChanged'>> | CommandEntry;

export interface CallTimeline {
  /** Whether all that happened so far is there. */
  readonly isLoaded: boolean;
  /** What will not change, in the order in which it was said. */
  readonly lines: readonly Line[];
  /** What is being said, by party. */
  readonly partials: ReadonlyMap<Party, Line>;
  readonly entries: readonly TimelineEntry[];
  /** Why it is not told on. */
  readonly error: ApiError | undefined;
}

export type TimelineUpdate =
  | { readonly type: 'events'; readonly events: readonly CallEvent[] }
  | { readonly type: 'transcript'; readonly update: TranscriptUpdate }
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
  return updates.reduce((now, item) => {
    if (item.type === 'caught-up') return { ...now, isLoaded: true };
    if (item.type === 'error') return { ...now, error: item.error };
    if (item.type === 'events') return item.events.reduce(withEvent, now);
    const { utterance } = item.update;
    return utterance.isFinal ? withFinal(now, utterance) : withPartial(now, utterance);
  }, timeline);
}

function withEvent(timeline: CallTimeline, event: CallEvent): CallTimeline {
  if (event.__typename === 'UtteranceFinalized' || event.__typename === 'UtteranceRevised')
    return withFinal(timeline, event.utterance);
  if (event.__typename === 'CommandChanged')
    return { ...timeline, entries: withCommand(timeline.entries, event) };
  const entries = [...timeline.entries, event];
  // Nobody will finish these sentences.
  if (event.__typename === 'CallEnded') return { ...timeline, entries, partials: new Map() };
  return { ...timeline, entries };
}

function withCommand(entries: readonly TimelineEntry[], event: Of<'CommandChanged'>): TimelineEntry[] {
  const { command, commandStatus: status, at } = event;
  const { id, kind, arguments: args, requestedBy, failure } = command;
  const known = entries.find((entry) => isCommand(entry) && entry.id === id) as CommandEntry | undefined;
  const steps = [...(known?.steps ?? []), { status, at }];
  const now: CommandEntry = { id, kind, arguments: args, requestedBy, failure, status, steps };
  return known ? entries.map((entry) => (entry === known ? now : entry)) : [...entries, now];
}

/** The same final may be told by both subscriptions, and anew by a provider. */
function withFinal(timeline: CallTimeline, { id, party, text, at, startMs, endMs }: Line): CallTimeline {
  const line: Line = { id, party, text, at, startMs, endMs };
  const others = timeline.lines.filter((other) => other.id !== id);
  const place = others.findLastIndex((other) => !isBefore(line, other)) + 1;
  const partials = new Map(timeline.partials);
  if (partials.get(party)?.id === id) partials.delete(party);
  return { ...timeline, lines: others.toSpliced(place, 0, line), partials };
}

function withPartial(timeline: CallTimeline, { id, party, text, at, startMs, endMs }: Line): CallTimeline {
  // It was settled already: the other subscription was quicker.
  if (timeline.lines.some((line) => line.id === id)) return timeline;
  return {
    ...timeline,
    partials: new Map(timeline.partials).set(party, { id, party, text, at, startMs, endMs }),
  };
}

/** By when it was said, as far as that is known; else as it came. */
const isBefore = (one: Line, other: Line): boolean =>
  one.startMs !== null && other.startMs !== null && one.startMs < other.startMs;

export function turnsOf(lines: readonly Line[]): Turn[] {
  const turns: { id: string; party: Party; lines: Line[] }[] = [];
  for (const line of lines) {
    const last = turns.at(-1);
    if (last?.party === line.party) last.lines.push(line);
    else turns.push({ id: line.id, party: line.party, lines: [line] });
  }
  return turns;
}
