/** The state of one relayed stream between Vobiz and an agent, and the steps that its handlers share. */
import {
  FaultError,
  messageOf,
  type CommandId,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
} from '@sidetone/core';
import { commandConfirmed } from '../calls/call-events.ts';
import { agentNotice, type AgentNotice } from '../calls/notices.ts';
import type { ByteOrders } from '../stream/byte-orders.ts';
import type { MediaFormat, StreamMessageOf } from '../wire.ts';
import type { AgentLink } from './agent-link.ts';
import { stop } from './agent-wire.ts';
import { withFlatFields } from '../stream/flat-start.ts';
import type { HeldMessages } from './held-messages.ts';
import type { Playback } from './playback.ts';
import type { RelayedCall } from './relayed-calls.ts';
import type { SendQueue } from './send-queue.ts';

/** How long Vobiz may take to close the socket of a stopped stream, ms. */
export const STOP_TIMEOUT_MS = 5000;

export interface RelayDeps {
  readonly host: ProviderHost;
  readonly providerCallId: ProviderCallId;
  readonly byteOrders: ByteOrders;
  readonly fallbackFormat: MediaFormat;
  readonly agent: {
    readonly connectTimeoutMs: number;
    readonly retries: number;
    /** Whether the agent's start messages have the fields of the older form as well. */
    readonly flatStart: boolean;
  };
  /** The state of the call that outlives the stream. */
  readonly call: RelayedCall;
  readonly emit: (event: ProviderEvent) => void;
  readonly onStart: (message: StreamMessageOf<'start'>) => void;
  readonly onDtmf: (message: StreamMessageOf<'dtmf'>) => void;
  /** Stores the next step of a call whose agent ended the stream. */
  readonly onAgentEnded: () => Promise<void>;
  /** Stores the next step of a call whose agent cannot be reached. */
  readonly onAgentUnreachable: () => Promise<void>;
  /** Called once, when Vobiz's socket is closed. */
  readonly onClose: () => void;
}

/** What exists once a stream has started. */
export interface StartedStream {
  /** The start message as text. */
  readonly raw: string;
  readonly start: StreamMessageOf<'start'>;
  readonly format: MediaFormat;
  readonly playback: Playback;
}

export interface RelayState {
  readonly deps: RelayDeps;
  /** Sends messages to Vobiz. */
  readonly vobiz: SendQueue;
  readonly counters: Record<
    'droppedAgentAudio' | 'droppedHeld' | 'malformedByAgent' | 'binaryByAgent',
    number
  >;
  /** Aborts when Vobiz's socket is closed. */
  readonly closed: AbortController;
  /** Closes Vobiz's socket. */
  readonly closeSocket: (reason: string) => void;
  /** Writes audio that is played to the caller to the stream. */
  readonly writePlayed: (bytes: Uint8Array, positionMs: number) => void;
  /** Counts audio that is played to the caller and not written. */
  readonly skipPlayed: (bytes: number) => void;
  /** The messages of an agent that has just taken over. */
  readonly held: HeldMessages;
  phase: 'waiting for start' | 'open' | 'ending' | 'closed';
  started: StartedStream | undefined;
  agent: AgentLink | undefined;
  cancelStopTimer: (() => void) | undefined;
}

const now = ({ deps }: RelayState): number => deps.host.clock.now();

/** Returns a start message as the agent receives it. */
export function startForAgent({ deps }: RelayState, raw: string): string {
  return deps.agent.flatStart ? withFlatFields(raw, deps.call.parties()) : raw;
}

/** Emits that a command took effect. */
export function confirm(state: RelayState, commandId: CommandId): void {
  state.deps.emit(commandConfirmed(state.deps.providerCallId, commandId, now(state)));
}

/** Emits a notice about the connection to the agent. */
export function notify(state: RelayState, code: AgentNotice): void {
  state.deps.emit(agentNotice(state.deps.providerCallId, now(state), code));
}

/** @throws {FaultError} CALL_NOT_LIVE if the stream is not open. */
export function requireOpen({ phase, started }: RelayState): StartedStream {
  if (phase === 'open' && started) return started;
  throw new FaultError('CALL_NOT_LIVE', 'the stream of the call has ended');
}

/**
 * Ends an open stream. The next step of the call is stored first: Vobiz requests it as soon as the stream has stopped.
 * @param stopMessage the agent's own stop message, if it sent one.
 */
export async function endStream(
  state: RelayState,
  storeNextStep: () => Promise<void>,
  stopMessage?: string,
): Promise<void> {
  if (state.phase !== 'open') return;
  state.phase = 'ending';
  const { host, providerCallId } = state.deps;
  state.started?.playback.end();
  try {
    await storeNextStep();
  } catch (error) {
    host.log.error('storing the next step of a call failed', { providerCallId, reason: messageOf(error) });
  }
  if (!state.vobiz.send(stopMessage ?? stop(state.started?.start.streamId))) return;
  state.cancelStopTimer = host.clock.schedule(STOP_TIMEOUT_MS, () =>
    state.closeSocket('timed out waiting for the stream to stop'),
  );
}
