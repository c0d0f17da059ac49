/**
 * Reads the live calls for one subscription: a snapshot of all, then each call that starts, changes or ends. There is no
 * queue: records only identify the changed call, which is then read in its current state.
 */
import { isLive, type Call, type CallFactType, type CallId, type CallRecord } from '@sidetone/core';
import type { LiveCallFilter } from '../calls/ports.ts';
import type { LiveCallsItem } from './ports.ts';
import { callMatches } from '../calls/call-match.ts';
import type { CursorReader } from './cursor-reader.ts';
import type { NowOrLater } from '../now-or-later.ts';

/** Whether an event changes the fields of a call that clients show in a list. */
const CHANGES_CALL = {
  CALL_STARTED: true,
  CALL_UPDATED: true,
  CALL_STATUS_CHANGED: true,
  CALL_ENDED: true,
  UTTERANCE_FINALIZED: false,
  UTTERANCE_REVISED: false,
  SPEECH_STARTED: false,
  SPEECH_STOPPED: false,
  DTMF_RECEIVED: false,
  STREAM_STARTED: true,
  STREAM_STOPPED: true,
  COMMAND_CHANGED: true,
  TRANSFER_STARTED: true,
  ASSISTANT_CHANGED: true,
  CALL_REPORTED: true,
  CALL_ANNOTATED: true,
  CALL_WATCHED: false,
  CALL_HOLD_CHANGED: true,
  CALL_NOTICE: false,
  RECORDING_STARTED: true,
  RECORDING_STOPPED: true,
  TRANSCRIPTION_CHANGED: true,
  CAPTURE_CHANGED: true,
  LISTENING_STARTED: false,
  LISTENING_STOPPED: false,
} as const satisfies Record<CallFactType, boolean>;

/** Types of events that a reader of live calls follows. */
export const CALL_CHANGES = (Object.keys(CHANGES_CALL) as CallFactType[]).filter(
  (type) => CHANGES_CALL[type],
);

export interface LiveCallsReaderDeps {
  readonly filter: LiveCallFilter;
  /** The live calls at the position from which `changes` starts, or later. */
  readonly calls: readonly Call[];
  readonly position: number;
  readonly changes: Pick<CursorReader, 'pull'>;
  readonly recall: (id: CallId) => Call | undefined;
}

export class LiveCallsReader {
  readonly #deps: LiveCallsReaderDeps;
  /** Calls that the client has. One that no longer matches is sent once more. */
  readonly #held = new Set<CallId>();
  #isSnapshotSent = false;

  constructor(deps: LiveCallsReaderDeps) {
    this.#deps = deps;
  }

  pull(): NowOrLater<LiveCallsItem | undefined> {
    if (!this.#isSnapshotSent) return this.#snapshot();
    for (;;) {
      const record = this.#deps.changes.pull();
      if (record instanceof Promise)
        return record.then((read) => this.#itemOf(read) ?? (read && this.pull()));
      const item = this.#itemOf(record);
      if (item || !record) return item;
    }
  }

  #itemOf(record: CallRecord | undefined): LiveCallsItem | undefined {
    const call = record && this.#deps.recall(record.callId);
    if (!call || !this.#isRelevant(call)) return undefined;
    return { type: 'CHANGED', call, position: record.position };
  }

  #snapshot(): LiveCallsItem {
    const { calls, filter, position } = this.#deps;
    this.#isSnapshotSent = true;
    const matching = calls.filter((call) => callMatches(call, filter));
    for (const { id } of matching) this.#held.add(id);
    return { type: 'SNAPSHOT', calls: matching, position };
  }

  #isRelevant(call: Call): boolean {
    const wasHeld = this.#held.delete(call.id);
    const isHeld = isLive(call) && callMatches(call, this.#deps.filter);
    if (isHeld) this.#held.add(call.id);
    return wasHeld || isHeld;
  }
}
