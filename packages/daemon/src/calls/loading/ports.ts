/** What decisions about a call read, and where it comes from. */
import type { Call, CallId, Command, ProviderCallId, ProviderId, Utterance } from '@sidetone/core';
import type { Draft, Unfinished } from '../ports.ts';
import type { CallRef, ProviderCallRef } from './call-ref.ts';

/** Another node, which decides about a call. */
export interface Owner {
  readonly node: string;
  /** Of its start. */
  readonly epoch: number;
}

/** What a decision reads besides the state of the call. */
export interface LoadNeeds {
  /** The final utterances, with which those of a report are compared; LATE if only a call that ended or has a report needs them. */
  readonly transcript?: 'ALWAYS' | 'LATE';
  /** Whether this node has to decide about the call, also while it drains: it has the stream. */
  readonly isHere?: boolean;
}

/**
 * The stored calls, for decisions: the methods answer at once, from an embedded database or from memory. Those of a call that
 * is not loaded throw a fault of kind defect. All methods throw or reject with a fault of kind store if the store fails.
 */
export interface CallReads {
  /**
   * Loads a call into memory. Returns undefined if there is nothing to load: the other methods answer. Missing if they always
   * do. Resolves with the owner if another node decides about the call, which then is not in memory.
   */
  load?(ref: CallRef, needs?: LoadNeeds): Promise<Owner | undefined> | undefined;
  find(providerId: ProviderId, providerCallId: ProviderCallId): Call | undefined;
  get(callId: CallId): Call | undefined;
  /** As `get`, but undefined if the call is not loaded: for readers that can do without. */
  recall(callId: CallId): Call | undefined;
  knowsKey(callId: CallId, dedupeKey: string): boolean;
  /** Returns the final utterances of a call, ordered by when they were spoken. */
  utterances(callId: CallId): readonly Utterance[];
  /** Returns whether a call was erased not too long ago. */
  isErased(providerId: ProviderId, providerCallId: ProviderCallId, now: number): boolean;
  /** Calls a listener with the open commands of each live call that is loaded. */
  onLoaded?(listener: OnLoaded): void;
  /** Receives events that have been stored, with their calls. */
  onStored?(drafts: readonly Draft[]): void;
  /** Forgets a call of which data was removed. */
  forget?(callId: CallId): void;
  /** Gives up a call, so that another node can decide about it. Its events must be stored. */
  release?(ref: CallRef): Promise<void>;
  /** Forgets which node owns a call: it has answered that it does not, or it does not answer. */
  forgetOwner?(ref: CallRef): void;
  /** Forgets a call, or that there is none, because another daemon has changed it. */
  forgetStale?(call: Call): void;
  /** Forgets all calls. */
  forgetAll?(): void;
  /** Calls the listener when a call of a node that has left is loaded, with what that node had open, before any decision. */
  onLeft?(listener: LeftListener): void;
}

/** Receives the commands that events may still confirm. */
export type OnLoaded = (callId: CallId, openCommands: readonly Command[]) => void;

export type LeftListener = (call: Call, left: Unfinished) => void;

/** The reads that a store itself has. */
export type StoredReads = Pick<CallReads, 'find' | 'get' | 'knowsKey' | 'utterances' | 'isErased'>;

/** A call as a store that answers later returns it. */
export interface FetchedCall {
  readonly call?: Call;
  /** If there is no call: whether it was erased not too long ago. */
  readonly isErased: boolean;
  readonly dedupeKeys: readonly string[];
  /** Of a live call: commands whose answer is stored, and which events may still confirm. */
  readonly openCommands?: readonly Command[];
  /** If another node decides about the call: the rest must not be used. */
  readonly owner?: Owner;
  /** What the last owner of the call, which has left, had open. */
  readonly left?: Unfinished;
}

/** A store that answers later. All methods reject with a fault of kind store. */
export interface CallSource {
  fetchCall(ref: CallRef, now: number, needs?: Pick<LoadNeeds, 'isHere'>): Promise<FetchedCall>;
  /** Gives up calls that have left memory, now or soon. Missing if no other node can decide about them. */
  release?(refs: readonly ProviderCallRef[]): void;
  /** The same, and resolves when others can claim them. */
  releaseNow?(ref: ProviderCallRef): Promise<void>;
  /** Returns whether a call was left by its last owner: only the first time. */
  recovered?(ref: ProviderCallRef): boolean;
  /** Returns the final utterances of a call, ordered by when they were spoken. */
  fetchUtterances(callId: CallId): Promise<readonly Utterance[]>;
}
