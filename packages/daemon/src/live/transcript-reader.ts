/** Reads the transcript of one call: finals from the log, partials from memory. */
import type { CallId, CallRecord } from '@sidetone/core';
import type { TranscriptItem } from './ports.ts';
import type { CursorReader } from './cursor-reader.ts';
import type { LatestPartials } from './latest-partials.ts';
import type { NowOrLater } from '../now-or-later.ts';

export class TranscriptReader {
  readonly #callId: CallId;
  readonly #finals: CursorReader;
  readonly #partials: LatestPartials;
  #version = 0;

  constructor(callId: CallId, finals: CursorReader, partials: LatestPartials) {
    this.#callId = callId;
    this.#finals = finals;
    this.#partials = partials;
  }

  /** Returns finals first, so a returned partial is newer than all of them. */
  pull(): NowOrLater<TranscriptItem | undefined> {
    const record = this.#finals.pull();
    return record instanceof Promise ? record.then((read) => this.#itemOf(read)) : this.#itemOf(record);
  }

  /** Returns the item of a final, or else the next partial. */
  #itemOf(record: CallRecord | undefined): TranscriptItem | undefined {
    if (record?.fact.type === 'UTTERANCE_FINALIZED' || record?.fact.type === 'UTTERANCE_REVISED') {
      const { position, at, fact } = record;
      return { callId: this.#callId, utterance: fact.utterance, at, position, ...byOf(fact) };
    }
    const partial = this.#partials.next(this.#callId, this.#version);
    if (!partial) return undefined;
    this.#version = partial.version;
    const { id, party, text, at, version } = partial;
    return { callId: this.#callId, utterance: { id, party, text }, at, version, ...byOf(partial) };
  }
}

const byOf = ({ by }: { readonly by?: string }) => by !== undefined && { by };
