/**
 * What clients do to one call. The node that decides about the call executes it; requests and results can be written as JSON, to
 * cross nodes.
 */
import type { Call, CallId, ControlArguments, ControlName, ProviderCallId, ProviderId } from '@sidetone/core';
import type { CallRef } from '../calls/loading/call-ref.ts';
import type { ShownUtterance, StoredNote } from '../calls/ports.ts';
import type { PauseRequest } from '../capture/capture-service.ts';
import type { CommandOutcome, WatchOutcome } from '../commands/command-outcome.ts';
import type { TranscribeRequest } from '../transcription/transcription-service.ts';
import type { AddedUtterance } from '../transcription/utterance-service.ts';

/** A request about a call, by the name of the client's access token. */
interface OfCall {
  readonly callId: CallId;
  readonly by: string;
}

/** A request that is stored as a command. */
interface Keyed extends OfCall {
  /** The idempotency key. */
  readonly key?: string;
}

export interface ControlRequest<Name extends ControlName = ControlName> extends Keyed {
  readonly name: Name;
  readonly args: ControlArguments[Name];
}

/** Each throws the faults of its service. NOT_OWNER only before anything was done. */
export interface CallActions {
  control(request: ControlRequest): Promise<CommandOutcome>;
  watch(request: {
    readonly providerId: ProviderId;
    readonly providerCallId: ProviderCallId;
    readonly by: string;
  }): Promise<WatchOutcome>;
  pauseCapture(request: Keyed & { readonly pause: PauseRequest }): Promise<CommandOutcome>;
  resumeCapture(request: Keyed): Promise<CommandOutcome>;
  transcribe(request: TranscribeRequest & { readonly callId: CallId }): Promise<Call>;
  addUtterance(request: AddedUtterance): Promise<ShownUtterance>;
  tag(
    request: OfCall & { readonly add: readonly string[]; readonly remove: readonly string[] },
  ): Promise<Call>;
  addNote(request: OfCall & { readonly text: string; readonly offsetMs?: number }): Promise<StoredNote>;
  placeHold(request: OfCall & { readonly reason?: string }): Promise<Call>;
  releaseHold(request: OfCall): Promise<Call>;
  /** Returns false if there is no such call. The node of the client scrubs the file. */
  removeCall(request: OfCall): Promise<boolean>;
}

export type ActionName = keyof CallActions;
export type ActionRequest<Name extends ActionName = ActionName> = Parameters<CallActions[Name]>[0];
export type ActionResult<Name extends ActionName = ActionName> = Awaited<ReturnType<CallActions[Name]>>;

interface Action<Name extends ActionName> {
  readonly refOf: (request: ActionRequest<Name>) => CallRef;
  /** How long the client waits for another node, ms. */
  readonly waitMs: number;
  /** Whether it is stored as a command with the key of its request, which tells later whether it was executed. */
  readonly isCommand: boolean;
}

/** Longer than a repeated command waits for the first one, which waits for its provider. */
export const COMMAND_WAIT_MS = 25_000;
/** For what is executed when it is stored. */
export const CHANGE_WAIT_MS = 15_000;
/** A long call has many rows. */
export const REMOVAL_WAIT_MS = 60_000;

const byId = ({ callId }: { readonly callId: CallId }): CallId => callId;
const command = { refOf: byId, waitMs: COMMAND_WAIT_MS, isCommand: true } as const;
const change = { refOf: byId, waitMs: CHANGE_WAIT_MS, isCommand: false } as const;

export const ACTIONS: { readonly [Name in ActionName]: Action<Name> } = {
  control: command,
  pauseCapture: command,
  resumeCapture: command,
  watch: {
    refOf: ({ providerId, providerCallId }) => ({ providerId, providerCallId }),
    waitMs: COMMAND_WAIT_MS,
    isCommand: false,
  },
  // Its plugin is asked what the call offers.
  transcribe: { ...change, waitMs: COMMAND_WAIT_MS },
  addUtterance: change,
  tag: change,
  addNote: change,
  placeHold: change,
  releaseHold: change,
  removeCall: { ...change, waitMs: REMOVAL_WAIT_MS },
};
