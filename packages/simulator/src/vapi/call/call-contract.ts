import type { WebSocket } from 'ws';
import type { Answer, SimulatedCall } from '../../call/call-state.ts';
import type { FrameClock } from '../../call/frame-clock.ts';
import type { Tone } from '../../call/tone-request.ts';
import type { Script, SpeechLibrary } from '../../speech/library.ts';
import type { VapiBehaviour } from '../behaviour.ts';
import type { Command } from '../control/commands.ts';
import type { AudioFormat } from '../transport/audio-format.ts';
import type { Webhook } from '../webhook/message-sender.ts';
import type { ClientMessage } from '../webhook/messages.ts';
import type { ServerRequest } from '../webhook/server-requests.ts';
import type { VapiCallType } from './call-object.ts';

/** The dependencies of a call. */
export interface VapiCallDeps {
  readonly origin: string;
  readonly script: Script;
  readonly speech: SpeechLibrary;
  readonly clock: FrameClock;
  readonly behaviour: VapiBehaviour;
  readonly webhook: Webhook;
  /** Set for a call that was placed over REST. */
  readonly placed?: PlacedCall;
}

/** The content of the request that placed a call over REST. */
export interface PlacedCall {
  readonly type: VapiCallType;
  /** The fields of the request, repeated in every description of the call. */
  readonly requestFields: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly assistantId?: string;
  readonly assistantName?: string;
  /** The start of a scheduled call, epoch milliseconds. */
  readonly earliestAt?: number;
  /** Set for a call over the transport socket. */
  readonly audioFormat?: AudioFormat;
}

/** Counts the injected faults of one call. */
interface FaultCounters {
  /** Commands that were answered with a failure. */
  failedCommands: number;
  /** Handshakes of listeners that were rejected. */
  rejectedHandshakes: number;
}

/** A call of the simulated Vapi. */
export interface VapiCall extends SimulatedCall {
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Whether it was placed over REST and is live. */
  readonly countsTowardsLimit: boolean;
  /** Whether it is in progress: it accepts listeners and commands. */
  readonly active: boolean;
  readonly acceptsListeners: boolean;
  readonly behaviour: VapiBehaviour;
  readonly faultCounters: FaultCounters;
  /** Whether it waits for a client of its transport socket. */
  readonly awaitsTransport: boolean;
  /** Returns the call as REST shows it. */
  describe(): Record<string, unknown>;
  /** Changes the call's label. */
  rename(name: string): void;
  addListener(socket: WebSocket): void;
  attachTransport(socket: WebSocket): void;
  /** Returns why a command is rejected for the kind of the call, or undefined. */
  unsupportedReason(command: Command): string | undefined;
  /** Executes a command; `body` is the command as received. Returns false when too many sentences are queued. */
  execute(command: Command, body?: unknown): boolean;
  /** Changes the behaviour immediately. @throws {RangeError} for an unknown option */
  setBehaviour(changes: object): void;
  /** Sends any message to the server URL, to the sockets, or to both. */
  send(message: ClientMessage, to: 'webhook' | 'sockets' | 'all'): void;
  /** Sends a request to the server URL and resolves with the answer. */
  request(request: ServerRequest): Promise<Answer>;
  /** Adds a tone to one track, for listeners only. */
  tone(tone: Tone): void;
  end(reason: string): void;
  /** Stops immediately and sends nothing more. */
  close(): void;
}
