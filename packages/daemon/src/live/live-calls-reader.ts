/**
 * The live calls for one subscription: a picture of all, then each that begins, changes or ends. It keeps no queue: the
 * records say which call to look at, and it is told as it is then.
 */
import { isLive, type Call, type CallFactType, type CallId } from '@sidetone/core';
import type { LiveCallFilter } from '../calls/ports.ts';
import type { LiveCallsItem } from './ports.ts';
import { callMatches } from '../calls/call-match.ts';
import type { CursorReader } from './cursor-reader.ts';

/** Which facts change what a client sees of a call in a list; the others are news within it. */
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
  CALL_NOTICE: false,
  RECORDING_STARTED: true,
  RECORDING_STOPPED: true,
  TRANSCRIPTION_CHANGED: true,
  LISTENING_STARTED: false,
  LISTENING_STOPPED: false,
} as const satisfies Record<CallFactType, boolean>;

/** The types of facts that a reader of the live calls follows. */
export const CALL_CHANGES = (Object.keys(CHANGES_CALL) as CallFactType[]).filter(
  (type) => CHANGES_CALL[type],
);

export interface LiveCallsReaderDeps {
  readonly filter: LiveCallFilter;
  /** The live calls as stored up to the position at which `changes` begins. */
  readonly calls: readonly Call[];
  readonly position: number;
  readonly changes: Pick<CursorReader, 'pull'>;
  readonly recall: (id: CallId) => Call | undefined;
}

export class LiveCallsReader {
  readonly #deps: LiveCallsReaderDeps;
  /** The calls that the client holds: one that no longer matches is told once more. */
  readonly #held = new Set<CallId>();
  #isPictureTold = false;

  constructor(deps: LiveCallsReaderDeps) {
    this.#deps = deps;
  }

  async pull(): Promise<LiveCallsItem | undefined> {
    if (!this.#isPictureTold) return this.#picture();
    for (;;) {
      const record = await this.#deps.changes.pull();
      if (!record) return undefined;
      const call = this.#deps.recall(record.callId);
      if (call && this.#isNews(call)) return { type: 'CHANGED', call, position: record.position };
    }
  }

  #picture(): LiveCallsItem {
    const { calls, filter, position } = this.#deps;
    this.#isPictureTold = true;
    const matching = calls.filter((call) => callMatches(call, filter));
    for (const { id } of matching) this.#held.add(id);
    return { type: 'SNAPSHOT', calls: matching, position };
  }

  #isNews(call: Call): boolean {
    const wasHeld = this.#held.delete(call.id);
    const isHeld = isLive(call) && callMatches(call, this.#deps.filter);
    if (isHeld) this.#held.add(call.id);
    return wasHeld || isHeld;
  }
}
