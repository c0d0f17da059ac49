/**
 * The rows that the events of one commit write, as `projections.ts` in SQLite. A statement can write a row only once, so several
 * changes of a row become one here.
 */
import type { Call, CallFact, CallFactType, CallId, Utterance } from '@sidetone/core';
import { dispatch, type HandlerTable } from '@sidetone/plugin-kit';
import type { Countries } from '../../../calls/numbers/countries.ts';
import { numberKeysOf } from '../../../calls/numbers/number-keys.ts';
import type { Draft } from '../../../calls/ports.ts';
import type { AuditEntry } from '../../../access/audit.ts';
import { auditEntryOf } from '../../audit/audited-facts.ts';
import { EVENTS_OF_THE_CALL_ONLY } from '../../call-only-events.ts';
import { changesNumbers, reversed } from '../../number-index.ts';
import { callToRow } from '../../rows.ts';
import type { CommitRows } from './commit-parts.ts';
import { TableRows } from './table-rows.ts';
import { wordsOf } from '../search/words.ts';
import { commandRow } from './command-row.ts';

/** The event, its index in the commit, beginning with 1, and its call. */
type Context = Pick<Draft, 'callId' | 'at'> & { readonly index: number };
type Handlers = HandlerTable<CallFact, [context: Context]>;
type HandlersOf<Type extends CallFactType> = Pick<Handlers, Type>;

export interface Collected {
  readonly rows: CommitRows;
  /** Entries of the audit log, which depend on the entries before them. */
  readonly audit: readonly AuditEntry[];
}

/** Collects the rows of a commit. */
export function collectRows(drafts: readonly Draft[], countries: Countries): Collected {
  const collector = createCollector();
  const events = drafts.map(({ callId, at, fact, dedupeKey }, i) => {
    const index = i + 1;
    const { type, ...fields } = fact;
    dispatch(collector.handlers, fact, { callId, at, index });
    return { index, callId, type, at, fact: fields, dedupeKey };
  });
  const calls = new Map(drafts.map(({ callId, call }) => [callId, call]));
  const renumbered = new Set(drafts.filter(({ fact }) => changesNumbers(fact)).map(({ callId }) => callId));
  return {
    rows: {
      events,
      calls: [...calls.values()].map(callToRow),
      ...collector.rows(),
      ...numberRows(
        [...renumbered].map((callId) => calls.get(callId)!),
        countries,
      ),
    },
    audit: drafts.map(auditEntryOf).filter((entry) => entry !== undefined),
  };
}

/** Returns the rows of the number index of some calls. */
export function numberRows(
  calls: readonly Pick<Call, 'id' | 'providerId' | 'from' | 'to'>[],
  countries: Countries,
): Pick<CommitRows, 'numbers' | 'otherNumbers'> {
  const keys = calls.map((call) => ({ callId: call.id, numbers: numberKeysOf(call, countries) }));
  return {
    otherNumbers: keys.map(({ callId, numbers }) => ({ callId, numbers: [...numbers] })),
    numbers: keys.flatMap(({ callId, numbers }) =>
      [...numbers].map((number) => ({ callId, number, reversed: reversed(number) })),
    ),
  };
}

function createCollector() {
  const utterances = new TableRows<UtteranceRow>();
  const streams = new TableRows();
  const recordings = new TableRows();
  const listenings = new TableRows();
  const commands = new Map<string, ReturnType<typeof commandRow>>();
  const notes: object[] = [];
  /** Whether each tag is added, or removed. */
  const tags = new Map<
    string,
    { readonly callId: CallId; readonly tag: string; readonly isAdded: boolean }
  >();
  const setTag = (callId: CallId, tag: string, isAdded: boolean): void =>
    void tags.set(JSON.stringify([callId, tag]), { callId, tag, isAdded });

  const handlers: Handlers = {
    ...EVENTS_OF_THE_CALL_ONLY,
    ...collectUtterances(utterances),
    ...collectStreams(streams),
    ...collectRecordings(recordings),
    ...collectListenings(listenings),
    CALL_ANNOTATED({ tagsAdded = [], tagsRemoved = [], note }, { callId, at }) {
      for (const tag of tagsRemoved) setTag(callId, tag, false);
      for (const tag of tagsAdded) setTag(callId, tag, true);
      if (note) notes.push({ ...note, callId, at });
    },
    COMMAND_CHANGED({ command }, { callId }) {
      commands.set(command.id, commandRow(command, callId));
    },
  };
  return {
    handlers,
    rows: () => ({
      utterances: utterances.inserted,
      revisions: utterances.changed,
      ...wordRows(utterances),
      streams: streams.inserted,
      endedStreams: streams.changed,
      recordings: recordings.inserted,
      endedRecordings: recordings.changed,
      listenings: listenings.inserted,
      endedListenings: listenings.changed,
      commands: [...commands.values()],
      notes,
      tags: [...tags.values()].filter(({ isAdded }) => isAdded),
      removedTags: [...tags.values()].filter(({ isAdded }) => !isAdded),
    }),
  };
}

interface UtteranceRow {
  readonly index: number;
  readonly callId: CallId;
  readonly text: string;
}

/** Returns the rows of the words of utterances. */
function wordRows({
  inserted,
  changed,
}: TableRows<UtteranceRow>): Pick<CommitRows, 'words' | 'revisedWords'> {
  return {
    words: inserted
      .map(({ index, callId, text }) => ({ index, callId, words: wordsOf(text) }))
      .filter(({ words }) => words !== ''),
    revisedWords: (changed as readonly Pick<Utterance, 'id' | 'text'>[]).map(({ id, text }) => ({
      id,
      words: wordsOf(text),
    })),
  };
}

function collectUtterances(
  rows: TableRows<UtteranceRow>,
): HandlersOf<'UTTERANCE_FINALIZED' | 'UTTERANCE_REVISED'> {
  const unset = { startMs: null, endMs: null, confidence: null };
  return {
    UTTERANCE_FINALIZED({ utterance, by = null }, { callId, at, index }) {
      const orderMs = Math.round(utterance.startMs ?? utterance.endMs ?? 0);
      rows.insert(utterance.id, { ...unset, ...utterance, orderMs, callId, index, at, by });
    },
    UTTERANCE_REVISED({ utterance }) {
      const { id, text, startMs = null, endMs = null, confidence = null } = utterance;
      rows.change(id, { id, text, startMs, endMs, confidence });
    },
  };
}

/** Counters of events that older versions stored. */
const NONE_LOST = { listeningLostMs: 0, recordingLostMs: 0, transcriptLostMs: 0 };

function collectStreams(rows: TableRows): HandlersOf<'STREAM_STARTED' | 'STREAM_STOPPED'> {
  const unset = { endedAt: null, endReason: null, frames: 0, bytes: 0, missingFrames: 0, ...NONE_LOST };
  return {
    STREAM_STARTED({ stream }, { callId, at }) {
      rows.insert(stream.id, { providerStreamId: null, ...stream, ...unset, callId, startedAt: at });
    },
    STREAM_STOPPED({ streamId, reason, counters }, { at }) {
      rows.change(streamId, { id: streamId, endedAt: at, endReason: reason, ...NONE_LOST, ...counters });
    },
  };
}

function collectRecordings(rows: TableRows): HandlersOf<'RECORDING_STARTED' | 'RECORDING_STOPPED'> {
  const running = { state: 'RECORDING', endedAt: null, durationMs: null, bytes: null };
  return {
    RECORDING_STARTED({ startedAt, channels, sampleRate }, { callId }) {
      rows.put(callId, { callId, startedAt, channels, sampleRate, ...running }, ['startedAt']);
    },
    RECORDING_STOPPED({ end: state, durationMs, bytes }, { callId, at }) {
      rows.change(callId, { callId, state, endedAt: at, durationMs, bytes });
    },
  };
}

function collectListenings(rows: TableRows): HandlersOf<'LISTENING_STARTED' | 'LISTENING_STOPPED'> {
  return {
    LISTENING_STARTED({ listenerId, by }, { callId, at }) {
      rows.insert(listenerId, { id: listenerId, callId, by, startedAt: at, endedAt: null });
    },
    LISTENING_STOPPED({ listenerId }, { at }) {
      rows.change(listenerId, { id: listenerId, endedAt: at });
    },
  };
}
