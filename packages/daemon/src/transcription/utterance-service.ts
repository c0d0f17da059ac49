/**
 * Words that a client adds to a call's transcript: from a speech recogniser or a voice agent of its own. Partials are
 * shown and replaced like a provider's, finals are stored like a provider's.
 */
import { createHash } from 'node:crypto';
import {
  FaultError,
  ID_PREFIXES,
  invalidArgument,
  isLive,
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
  /** By which the client names it: its own name for it, or our id of it. */
  readonly utteranceId?: string;
  /** Ms from the answer of the call. */
  readonly startMs?: number;
  readonly endMs?: number;
  /** 0 to 1. */
  readonly confidence?: number;
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

  constructor(deps: UtteranceServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Takes words, and gives them as they are now. A final that was told before, by its `utteranceId`, is the first one.
   * @throws {FaultError} CALL_NOT_FOUND, or INPUT_INVALID: for offsets that cannot be, for a partial of a call that is
   * over, and for an id of another call's utterance.
   */
  async add(told: AddedUtterance): Promise<ShownUtterance> {
    const { ingest } = this.#deps;
    const call = ingest.current(told.callId);
    if (!call) throw new FaultError('CALL_NOT_FOUND', 'there is no call with this id');
    check(told);
    const named = told.utteranceId === undefined ? undefined : idOf(call.id, told.utteranceId);
    const known = named && ingest.callOfUtterance(named);
    if (known !== undefined && known !== call.id) {
      throw invalidArgument('utteranceId', 'this is an utterance of another call');
    }
    if (named && known) return this.#stored(named);
    return told.isFinal ? this.#finalize(call, told, named) : this.#show(call, told, named);
  }

  #show(call: Call, { party, text }: AddedUtterance, named: UtteranceId | undefined): ShownUtterance {
    if (!isLive(call)) throw invalidArgument('isFinal', 'the call is over, so that its words are final');
    const at = this.#deps.clock.now();
    const id = this.#deps.partials.set(call.id, party, text, at, named);
    return { callId: call.id, at, utterance: { id, party, text } };
  }

  #finalize(call: Call, told: AddedUtterance, named: UtteranceId | undefined): Promise<StoredUtterance> {
    const { ingest, partials, ids, clock } = this.#deps;
    const { party, text, startMs, confidence } = told;
    if (named) partials.drop(call.id, named);
    const id = named ?? partials.take(call.id, party) ?? ids.utterance();
    const endMs = told.endMs ?? (startMs === undefined ? endOf(call, clock.now()) : undefined);
    const utterance: Utterance = {
      id,
      party,
      text,
      ...(startMs !== undefined && { startMs }),
      ...(endMs !== undefined && { endMs }),
      ...(confidence !== undefined && { confidence }),
    };
    ingest.record(call.id, { type: 'UTTERANCE_FINALIZED', utterance });
    return this.#stored(id);
  }

  async #stored(id: UtteranceId): Promise<StoredUtterance> {
    await this.#deps.ingest.committed();
    const stored = this.#deps.ledger.utterance(id);
    if (!stored) throw new FaultError('STORE_WRITE_FAILED', 'the utterance cannot be stored now');
    return stored;
  }
}

/** Words without offsets were said now, or at the latest at the end of the call. */
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

/** Our id for what a client names: always the same one within a call, without a table that would have to be kept. */
function idOf(callId: CallId, name: string): UtteranceId {
  if (OUR_ID.test(name)) return name as UtteranceId;
  const digest = createHash('sha256').update(`${callId}\n${name}`).digest('hex').slice(0, 32);
  return `${ID_PREFIXES.utterance}${digest}` as UtteranceId;
}
