/**
 * Finds the calls in a capture, and the lines that belong to each. Lines with the same number, such as a request and its response or
 * the messages of a socket, belong together: to the calls whose ids or tokens they contain. Pure.
 */
import { isJsonObject, type CapturedEntry } from '@sidetone/plugin-kit';
import type { CaptureSession } from './capture-file.ts';

/** A call in a capture. */
export interface CapturedCallSummary {
  readonly id: string;
  /** Epoch ms of its first line. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly requests: number;
  readonly sockets: number;
  readonly messages: number;
  /** The types of its events, in order, each once. */
  readonly events: readonly string[];
  /** Whether its end was captured. */
  readonly hasEnded: boolean;
}

/** The lines of a call. */
export interface CallLines {
  readonly entries: readonly CapturedEntry[];
  /** Requests of the plugin, with their responses: those about the call, and those about no call. */
  readonly fetches: readonly CapturedEntry[];
  /** The tokens that the plugin created for it, in order. */
  readonly tokens: readonly string[];
}

interface Group {
  readonly entries: CapturedEntry[];
  readonly calls: Set<string>;
  /** The text of all entries, to search it. */
  text: string;
}

const eventOf = ({ emits }: CapturedEntry): { readonly type: string; readonly call: string } | undefined => {
  if (!isJsonObject(emits)) return undefined;
  const { type, providerCallId } = emits;
  return typeof type === 'string' && typeof providerCallId === 'string'
    ? { type, call: providerCallId }
    : undefined;
};

/** Returns the ids of all calls, in the order of their first event. */
export function callIdsIn({ entries }: CaptureSession): readonly string[] {
  return [...new Set(entries.flatMap((entry) => eventOf(entry)?.call ?? entry.call ?? []))];
}

/** Returns the calls of a capture. */
export function callsIn(session: CaptureSession): readonly CapturedCallSummary[] {
  return callIdsIn(session).map((id) => {
    const { entries } = linesOf(session, id);
    const events = entries.flatMap((entry) => eventOf(entry)?.type ?? []);
    const first = entries[0]?.at ?? 0;
    return {
      id,
      startedAt: session.head.startedAt + first,
      durationMs: (entries.at(-1)?.at ?? first) - first,
      requests: entries.filter(({ request }) => request).length,
      sockets: entries.filter(({ connect, dialled }) => connect ?? dialled === true).length,
      messages: entries.filter(({ message }) => message).length,
      events: [...new Set(events)],
      hasEnded: events.includes('call.ended'),
    };
  });
}

/** Returns the lines that belong to a call. */
export function linesOf(session: CaptureSession, callId: string): CallLines {
  const ids = callIdsIn(session);
  const tokens = session.entries.flatMap(({ token }) => token ?? []);
  const groups = groupsIn(session.entries);
  const tokenCalls = new Map<string, Set<string>>();
  for (const group of groups) for (const id of ids) if (group.text.includes(id)) group.calls.add(id);
  for (const token of tokens) {
    const calls = groups.filter(({ text }) => text.includes(token)).flatMap((group) => [...group.calls]);
    tokenCalls.set(token, new Set(calls));
  }
  for (const group of groups) {
    if (group.calls.size > 0) continue;
    for (const token of tokens)
      if (group.text.includes(token)) for (const id of tokenCalls.get(token)!) group.calls.add(id);
  }
  attributeByEvents(session.entries, groups);
  const isOf = (group: Group): boolean => group.calls.has(callId);
  const own = new Set(
    groups.filter((group) => isOf(group) && !isFetch(group)).flatMap((group) => group.entries),
  );
  const general = groups.filter((group) => isFetch(group) && (isOf(group) || group.calls.size === 0));
  return {
    entries: session.entries.filter(
      (entry) => own.has(entry) || eventOf(entry)?.call === callId || entry.call === callId,
    ),
    fetches: general.flatMap((group) => group.entries),
    tokens: tokens.filter((token) => tokenCalls.get(token)!.size === 0 || tokenCalls.get(token)!.has(callId)),
  };
}

const isFetch = ({ entries }: Group): boolean => entries[0]?.fetch !== undefined;

function groupsIn(entries: readonly CapturedEntry[]): readonly Group[] {
  const groups = new Map<number, Group>();
  for (const entry of entries) {
    if (entry.number === undefined) continue;
    const group = groups.get(entry.number) ?? { entries: [], calls: new Set(), text: '' };
    group.entries.push(entry);
    group.text += `${JSON.stringify(entry)}\n`;
    groups.set(entry.number, group);
  }
  return [...groups.values()];
}

/** What names no call belongs to the call whose event followed it. */
function attributeByEvents(entries: readonly CapturedEntry[], groups: readonly Group[]): void {
  const unnamed = new Map(
    groups
      .filter(({ calls }) => calls.size === 0)
      .flatMap((group) => group.entries.map((entry) => [entry, group])),
  );
  let last: Group | undefined;
  for (const entry of entries) {
    if (entry.request ?? entry.message ?? entry.connect) last = unnamed.get(entry);
    const event = eventOf(entry);
    if (event) last?.calls.add(event.call);
  }
}
