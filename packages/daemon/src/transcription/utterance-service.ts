/**
 * Utterances that clients add to a call's transcript, from a speech recogniser or voice agent of their own. Partials and finals
 * are handled like those of a provider.
 */
import { createHash } from 'node:crypto';
import {
  FaultError,
  ID_PREFIXES,
  invalidArgument,
  isLive,
  isTextPaused,
  offsetOrigin,
  type Call,
  type CallId,
  type Clock,
  type IdSource,
  type Party,
  type Utterance,
  type UtteranceId,
} from '@sidetone/core';
import type { Ingest } from '../calls/ingest.ts';
import type { CallLedger, PartialStore, ShownUtterance, StoredUtterance } from '../calls/ports.ts';

export interface AddedUtterance {
  readonly callId: CallId;
  readonly party: Party;
  readonly text: string;
  readonly isFinal: boolean;
  /** The client's own id of the utterance, or ours. */
  readonly utteranceId?: string;
  /** Ms from the answer of the call. */
  readonly startMs?: number;
  readonly endMs?: number;
  /** 0 to 1. */
  readonly confidence?: number;
  /** Name of the client's access token. */
  readonly by: string;
}

export interface UtteranceServiceDeps {
  readonly ingest: Ingest;
  readonly ledger: Pick<CallLedger, 'utterance'>;
  readonly partials: PartialStore;
  readonly ids: Pick<IdSource, 'utterance'>;
  readonly clock: Clock;
}

export class UtteranceService {
  readonly #deps: UtteranceServiceDeps;
  /** The last request with each id; never rejects. */
  readonly #adding = new Map<UtteranceId, Promise<unknown>>();

  constructor(deps: UtteranceServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Adds an utterance and returns its current state. A final with a known `utteranceId` returns the stored one.
   * @throws {FaultError} CALL_NOT_FOUND, or INPUT_INVALID for invalid offsets, for a partial of an ended call, and for the id
   * of an utterance of another call; CAPTURE_PAUSED for text of a pause.
   */
  async add(added: AddedUtterance): Promise<ShownUtterance> {
    const { ingest } = this.#deps;
    await ingest.ready(added.callId);
    const call = ingest.current(added.callId);
    if (!call) throw new FaultError('CALL_NOT_FOUND', 'there is no call with this id');
    check(added);
    const givenId = added.utteranceId === undefined ? undefined : toUtteranceId(call.id, added.utteranceId);
    if (givenId === undefined) return this.#add(call, added, undefined);
    // Another request with the same id must have been accepted before it is looked for.
    const earlier = this.#adding.get(givenId) ?? Promise.resolve();
    const adding = earlier.then(() => this.#add(call, added, givenId));
    const settled = adding.catch(() => undefined);
    this.#adding.set(givenId, settled);
    try {
      return await adding;
    } finally {
      if (this.#adding.get(givenId) === settled) this.#adding.delete(givenId);
    }
  }

  async #add(call: Call, added: AddedUtterance, givenId: UtteranceId | undefined): Promise<ShownUtterance> {
    const { ingest } = this.#deps;
    const known = givenId && (await ingest.callOfUtterance(givenId));
    if (known !== undefined && known !== call.id) {
      throw invalidArgument('utteranceId', 'the utterance belongs to another call');
    }
    if (givenId && known) return this.#stored(call.id, givenId);
    const now = this.#deps.clock.now();
    if (isTextPaused(call, { ...added, occurredAt: now }, now))
      throw new FaultError('CAPTURE_PAUSED', 'the transcription was paused when the text was spoken');
    return added.isFinal ? this.#finalize(call, added, givenId) : this.#show(call, added, givenId);
  }

  #show(call: Call, { party, text, by }: AddedUtterance, givenId: UtteranceId | undefined): ShownUtterance {
    if (!isLive(call)) throw invalidArgument('isFinal', 'expected true, because the call has ended');
    const at = this.#deps.clock.now();
    const id = this.#deps.partials.set(call.id, party, text, at, { by, ...(givenId && { id: givenId }) });
    return { callId: call.id, at, by, utterance: { id, party, text } };
  }

  #finalize(call: Call, added: AddedUtterance, givenId: UtteranceId | undefined): Promise<StoredUtterance> {
    const { ingest, partials, ids, clock } = this.#deps;
    const { party, text, startMs, confidence, by } = added;
    if (givenId) partials.drop(call.id, givenId);
    const id = givenId ?? partials.take(call.id, party) ?? ids.utterance();
    const endMs = added.endMs ?? (startMs === undefined ? endOf(call, clock.now()) : undefined);
    const utterance: Utterance = {
      id,
      party,
      text,
      ...(startMs !== undefined && { startMs }),
      ...(endMs !== undefined && { endMs }),
      ...(confidence !== undefined && { confidence }),
    };
    ingest.recordBy(by, call.id, { type: 'UTTERANCE_FINALIZED', utterance });
    return this.#stored(call.id, id);
  }

  async #stored(callId: CallId, id: UtteranceId): Promise<StoredUtterance> {
    await this.#deps.ingest.recorded(callId);
    const stored = await this.#deps.ledger.utterance(id);
    if (!stored) throw new FaultError('STORE_WRITE_FAILED', 'the utterance cannot be stored now');
    return stored;
  }
}

/** Returns the end offset of an utterance without offsets: now, or the end of the call. */
const endOf = (call: Call, now: number): number =>
  Math.max(0, Math.min(now, call.endedAt ?? now) - offsetOrigin(call));

function check({ startMs, endMs, confidence }: AddedUtterance): void {
  if (startMs !== undefined && startMs < 0) throw invalidArgument('startMs', 'expected 0 or more');
  if (endMs !== undefined && endMs < (startMs ?? 0)) {
    throw invalidArgument('endMs', 'expected 0 or more, and not before startMs');
  }
  if (confidence !== undefined && !(confidence >= 0 && confidence <= 1)) {
    throw invalidArgument('confidence', 'expected 0 to 1');
  }
}

const OUR_ID = new RegExp(`^${ID_PREFIXES.utterance}[0-9a-f]{32}$`);

/** Returns our id for an id of a client: a hash that is always the same within a call, so that no table is needed. */
function toUtteranceId(callId: CallId, given: string): UtteranceId {
  if (OUR_ID.test(given)) return given as UtteranceId;
  const digest = createHash('sha256').update(`${callId}\n${given}`).digest('hex').slice(0, 32);
  return `${ID_PREFIXES.utterance}${digest}` as UtteranceId;
}
