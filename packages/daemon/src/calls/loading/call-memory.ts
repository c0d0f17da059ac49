/**
 * The calls of a store that answers later, as far as decisions need them. A live call stays in memory; of the others, those
 * that were used last. Of an event that was stored, only a hash of its dedupe key is kept: a call can have thousands.
 */
import {
  FaultError,
  isLive,
  type Call,
  type CallId,
  type Clock,
  type ProviderCallId,
  type ProviderId,
  type Utterance,
} from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { Draft } from '../ports.ts';
import { refKey, refOf, type CallRef } from './call-ref.ts';
import { hashOf } from './key-hash.ts';
import { needsTranscript } from './needs.ts';
import type {
  CallReads,
  CallSource,
  FetchedCall,
  LeftListener,
  LoadNeeds,
  OnLoaded,
  Owner,
} from './ports.ts';

/** Calls in memory that are not live, or do not exist. */
export const MAX_LOADED_CALLS = 10_000;
/** Transcripts in memory, with those of calls that have a report or ended recently. */
export const MAX_LOADED_TRANSCRIPTS = 1000;

/** Calls whose owner is remembered, so that not each event asks for it. */
export const MAX_KNOWN_OWNERS = 10_000;

/** How often a call is read while it is given up. */
const MAX_READS = 20;

interface Entry {
  call: Call | undefined;
  readonly isErased: boolean;
  readonly keys: Set<number>;
}

type Transcript = Map<Utterance['id'], Utterance>;

export class CallMemory implements CallReads {
  readonly #source: CallSource;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #live = new Map<string, Entry>();
  readonly #others = new BoundedMap<string, Entry>(MAX_LOADED_CALLS, (key, { call }) => {
    if (call) this.#keyOfId.delete(call.id);
    const ref = call ?? refOf(key);
    if (ref) this.#source.release?.([ref]);
  });
  /** The calls that other nodes own. */
  readonly #owners = new BoundedMap<string, Owner>(MAX_KNOWN_OWNERS);
  readonly #keyOfId = new Map<CallId, string>();
  readonly #transcripts = new BoundedMap<CallId, Transcript>(MAX_LOADED_TRANSCRIPTS);
  /** What is stored while a transcript is read, which the result may lack. */
  readonly #arriving = new Map<CallId, Utterance[]>();
  #onLoaded: OnLoaded | undefined;
  #onLeft: LeftListener | undefined;
  /** The calls that are being read. */
  readonly #readings = new Set<{ readonly key: string; isOld: boolean }>();

  constructor(deps: { readonly source: CallSource; readonly clock: Pick<Clock, 'now'> }) {
    this.#source = deps.source;
    this.#clock = deps.clock;
  }

  onLeft(listener: LeftListener): void {
    this.#onLeft = listener;
  }

  /** Number of calls in memory, live or not. */
  get size(): number {
    return this.#live.size + this.#others.size;
  }

  load(ref: CallRef, needs: LoadNeeds = {}): Promise<Owner | undefined> | undefined {
    const entry = this.#entry(ref);
    if (entry) return this.#loadTranscript(entry, needs);
    const owner = this.#owners.get(refKey(ref));
    return owner ? Promise.resolve(owner) : this.#fetch(ref, needs);
  }

  onLoaded(listener: OnLoaded): void {
    this.#onLoaded = listener;
  }

  async release(ref: CallRef): Promise<void> {
    const entry = this.#entry(ref);
    const owned = entry?.call ?? (typeof ref === 'string' ? undefined : ref);
    if (entry?.call) this.#forget(entry.call.id);
    else this.#others.delete(refKey(ref));
    this.#outdate(entry?.call ?? ref);
    try {
      if (owned) await this.#source.releaseNow?.(owned);
    } finally {
      this.#outdate(entry?.call ?? ref);
    }
  }

  forgetOwner(ref: CallRef): void {
    this.#owners.delete(refKey(ref));
  }

  find(providerId: ProviderId, providerCallId: ProviderCallId): Call | undefined {
    return this.#loaded({ providerId, providerCallId }).call;
  }

  get(callId: CallId): Call | undefined {
    return this.#loaded(callId).call;
  }

  recall(callId: CallId): Call | undefined {
    return this.#entry(callId)?.call;
  }

  knowsKey(callId: CallId, dedupeKey: string): boolean {
    return this.#loaded(callId).keys.has(hashOf(dedupeKey));
  }

  utterances(callId: CallId): readonly Utterance[] {
    const transcript = this.#transcripts.get(callId);
    if (!transcript) throw notLoaded();
    return [...transcript.values()].toSorted(bySpeech);
  }

  isErased(providerId: ProviderId, providerCallId: ProviderCallId): boolean {
    return this.#loaded({ providerId, providerCallId }).isErased;
  }

  onStored(drafts: readonly Draft[]): void {
    for (const draft of drafts) {
      const { call, dedupeKey, fact } = draft;
      const entry = this.#entryOfStored(draft);
      if (entry) {
        entry.call = call;
        if (dedupeKey !== undefined) entry.keys.add(hashOf(dedupeKey));
        this.#place(entry, call);
      }
      if (fact.type === 'UTTERANCE_FINALIZED' || fact.type === 'UTTERANCE_REVISED') {
        this.#transcripts.get(call.id)?.set(fact.utterance.id, fact.utterance);
        this.#arriving.get(call.id)?.push(fact.utterance);
      }
    }
  }

  forget(callId: CallId): void {
    const call = this.#entry(callId)?.call;
    this.#forget(callId);
    this.#outdate(call ?? callId);
    if (call) this.#source.release?.([call]);
  }

  #forget(callId: CallId): void {
    const key = this.#keyOfId.get(callId);
    this.#keyOfId.delete(callId);
    this.#transcripts.delete(callId);
    if (key === undefined) return;
    this.#live.delete(key);
    this.#others.delete(key);
  }

  forgetStale(call: Call): void {
    this.#forget(call.id);
    const key = refKey(call);
    this.#live.delete(key);
    this.#others.delete(key);
  }

  forgetAll(): void {
    for (const memory of [this.#live, this.#others, this.#owners, this.#keyOfId, this.#transcripts])
      memory.clear();
  }

  #entry(ref: CallRef): Entry | undefined {
    const key = typeof ref === 'string' ? (this.#keyOfId.get(ref) ?? ref) : refKey(ref);
    return this.#live.get(key) ?? this.#others.get(key);
  }

  #loaded(ref: CallRef): Entry {
    const entry = this.#entry(ref);
    if (!entry) throw notLoaded();
    return entry;
  }

  /** Of a call that left memory while its events waited, the keys are unknown: it is loaded again when it is needed. */
  #entryOfStored({ call, fact }: Draft): Entry | undefined {
    const known = this.#entry(call);
    if (known?.call || fact.type !== 'CALL_STARTED') return known;
    return known?.isErased === false ? known : { call, isErased: false, keys: new Set() };
  }

  #place(entry: Entry, call: Call): void {
    const key = refKey(call);
    this.#keyOfId.set(call.id, key);
    if (isLive(call)) {
      this.#others.delete(key);
      this.#live.set(key, entry);
    } else {
      this.#live.delete(key);
      this.#others.set(key, entry);
    }
  }

  #loadTranscript({ call }: Entry, needs: LoadNeeds): Promise<undefined> | undefined {
    if (!call || !needsTranscript(needs, call) || this.#transcripts.has(call.id)) return undefined;
    return this.#fetchTranscript(call.id);
  }

  async #fetch(ref: CallRef, needs: LoadNeeds): Promise<Owner | undefined> {
    const fetchedCall = await this.#read(ref, needs);
    const { call, isErased, dedupeKeys, openCommands, owner, left } = fetchedCall;
    if (owner) {
      if (!this.#entry(ref)) this.#owners.set(refKey(ref), owner);
      return owner;
    }
    // Another request may have loaded it by now, and events may have changed it since.
    if (!this.#entry(ref)) {
      const fetched: Entry = { call, isErased, keys: new Set(dedupeKeys.map(hashOf)) };
      if (call && openCommands) this.#onLoaded?.(call.id, openCommands);
      if (call) this.#place(fetched, call);
      else this.#others.set(refKey(ref), fetched);
    }
    // In the same turn: nothing of this node is open yet.
    if (call && left && this.#source.recovered?.(call)) this.#onLeft?.(call, left);
    const entry = this.#entry(ref);
    if (entry) await this.#loadTranscript(entry, needs);
    return undefined;
  }

  /** Reads a call, again if it was given up meanwhile: what was read is old then, and another node may own it. */
  async #read(ref: CallRef, needs: LoadNeeds): Promise<FetchedCall> {
    const reading = { key: refKey(ref), isOld: false };
    this.#readings.add(reading);
    try {
      for (let attempt = 1; attempt <= MAX_READS; attempt++) {
        reading.isOld = false;
        const fetched = await this.#source.fetchCall(ref, this.#clock.now(), needs);
        if (!reading.isOld) return fetched;
      }
      throw new FaultError('STORE_BUSY', 'the call is given up all the time');
    } finally {
      this.#readings.delete(reading);
    }
  }

  /** What is being read of a call is old. Of a call with only one name, it may be what is read by the other kind of name. */
  #outdate(ref: Call | CallRef): void {
    const id = typeof ref === 'string' ? ref : 'id' in ref ? ref.id : undefined;
    const pair = typeof ref === 'string' ? undefined : refKey(ref);
    for (const reading of this.#readings) {
      const name = refOf(reading.key) ? pair : id;
      if (name === undefined || name === reading.key) reading.isOld = true;
    }
  }

  async #fetchTranscript(callId: CallId): Promise<undefined> {
    const arriving = this.#arriving.get(callId) ?? [];
    this.#arriving.set(callId, arriving);
    try {
      const stored = await this.#source.fetchUtterances(callId);
      const all = [...stored, ...arriving];
      this.#transcripts.set(callId, new Map(all.map((utterance) => [utterance.id, utterance])));
      return undefined;
    } finally {
      this.#arriving.delete(callId);
    }
  }
}

const notLoaded = (): FaultError => new FaultError('INTERNAL', 'the call is not loaded');

const bySpeech = (a: Utterance, b: Utterance): number => spokenAt(a) - spokenAt(b) || (a.id < b.id ? -1 : 1);

const spokenAt = ({ startMs, endMs }: Utterance): number => Math.round(startMs ?? endMs ?? 0);
