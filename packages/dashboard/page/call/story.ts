/** What is known of a call: its words, what happened, and what became of commands. Pure: events in, story out. */
import type { Trouble } from '../api/errors.ts';
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

export interface CommandStory extends Pick<
  Of<'CommandChanged'>['command'],
  'id' | 'kind' | 'arguments' | 'requestedBy' | 'failure'
> {
  readonly status: CommandStatus;
  readonly steps: readonly { readonly status: CommandStatus; readonly at: string }[];
}

/** A row of the timeline: an event, or a command with all that became of it. */
export type Entry =
  Exclude<CallEvent, Of<'UtteranceFinalized'> | Of<'UtteranceRevised'> | Of<'CommandChanged'>> | CommandStory;

export interface Story {
  /** Whether all that happened so far is there. */
  readonly isKnown: boolean;
  /** What will not change, in the order in which it was said. */
  readonly lines: readonly Line[];
  /** What is being said, by party. */
  readonly partials: ReadonlyMap<Party, Line>;
  readonly entries: readonly Entry[];
  /** Why it is not told on. */
  readonly trouble: Trouble | undefined;
}

export type News =
  | { readonly type: 'events'; readonly events: readonly CallEvent[] }
  | { readonly type: 'transcript'; readonly update: TranscriptUpdate }
  | { readonly type: 'trouble'; readonly trouble: Trouble }
  | { readonly type: 'caught-up' };

export const EMPTY_STORY: Story = {
  isKnown: false,
  lines: [],
  partials: new Map(),
  entries: [],
  trouble: undefined,
};

export const isCommand = (entry: Entry): entry is CommandStory => !('__typename' in entry);

export function take(story: Story, news: readonly News[]): Story {
  return news.reduce((now, item) => {
    if (item.type === 'caught-up') return { ...now, isKnown: true };
    if (item.type === 'trouble') return { ...now, trouble: item.trouble };
    if (item.type === 'events') return item.events.reduce(withEvent, now);
    const { utterance } = item.update;
    return utterance.isFinal ? withFinal(now, utterance) : withPartial(now, utterance);
  }, story);
}

function withEvent(story: Story, event: CallEvent): Story {
  if (event.__typename === 'UtteranceFinalized' || event.__typename === 'UtteranceRevised')
    return withFinal(story, event.utterance);
  if (event.__typename === 'CommandChanged') return { ...story, entries: withCommand(story.entries, event) };
  const entries = [...story.entries, event];
  // Nobody will finish these sentences.
  if (event.__typename === 'CallEnded') return { ...story, entries, partials: new Map() };
  return { ...story, entries };
}

function withCommand(entries: readonly Entry[], event: Of<'CommandChanged'>): Entry[] {
  const { command, commandStatus: status, at } = event;
  const { id, kind, arguments: args, requestedBy, failure } = command;
  const known = entries.find((entry) => isCommand(entry) && entry.id === id) as CommandStory | undefined;
  const steps = [...(known?.steps ?? []), { status, at }];
  const now: CommandStory = { id, kind, arguments: args, requestedBy, failure, status, steps };
  return known ? entries.map((entry) => (entry === known ? now : entry)) : [...entries, now];
}

/** The same final may be told by both subscriptions, and anew by a provider. */
function withFinal(story: Story, { id, party, text, at, startMs, endMs }: Line): Story {
  const line: Line = { id, party, text, at, startMs, endMs };
  const others = story.lines.filter((other) => other.id !== id);
  const place = others.findLastIndex((other) => !isBefore(line, other)) + 1;
  const partials = new Map(story.partials);
  if (partials.get(party)?.id === id) partials.delete(party);
  return { ...story, lines: others.toSpliced(place, 0, line), partials };
}

function withPartial(story: Story, { id, party, text, at, startMs, endMs }: Line): Story {
  // It was settled already: the other subscription was quicker.
  if (story.lines.some((line) => line.id === id)) return story;
  return { ...story, partials: new Map(story.partials).set(party, { id, party, text, at, startMs, endMs }) };
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
