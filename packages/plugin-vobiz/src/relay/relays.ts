/** The two-way streams that are relayed to an agent, by call. */
import {
  providerCallId,
  type CommandId,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
  type Secret,
  type Socket,
} from '@sidetone/core';
import type { ByteOrder } from '../stream/byte-order.ts';
import { createCallMemories } from './relayed-calls.ts';
import { confirmation } from './relay-events.ts';
import { createRelay, type RelayedStream } from './relay.ts';
import type { MediaFormat, StreamMessageOf } from '../wire.ts';

/** The party whose voice a gate closes. */
export type RelayParty = 'CUSTOMER' | 'ASSISTANT';

/** One two-way stream that has started, between Vobiz and an agent. */
export interface Relay {
  /** Confirmed by `command.confirmed` once it is in effect; so are the others. */
  mute(party: RelayParty, commandId: CommandId): Promise<void>;
  unmute(party: RelayParty, commandId: CommandId): Promise<void>;
  /**
   * Plays a WAV file instead of what the agent says. Settles when it begins.
   * @throws {FaultError} INPUT_INVALID, LIMIT_EXCEEDED, CALL_NOT_LIVE, CAPABILITY_MISSING, or PROVIDER_UNREACHABLE when
   * it is not there in time.
   */
  playSound(url: string, commandId: CommandId, signal: AbortSignal): Promise<void>;
  /** Stops what is being played, whoever said it. */
  clear(commandId: CommandId): Promise<void>;
  /** Connects the call with another agent. @throws {FaultError} PROVIDER_UNREACHABLE, and then the old one stays, or CALL_NOT_LIVE. */
  handoff(url: URL, commandId: CommandId, signal: AbortSignal): Promise<void>;
  /**
   * Sends `stop`: the stream ends, and Vobiz asks after-stream for what is next.
   * @throws {FaultError} CALL_NOT_LIVE when it has ended already.
   */
  endStream(): Promise<void>;
}

/** What a status callback of a stream tells. */
export interface StatusCallback {
  readonly callId: string;
  readonly event?: string;
  readonly streamId?: string;
  /** Of the checkpoint that was reached. */
  readonly name?: string;
}

export interface Relays {
  /** Takes up what was kept before a restart. */
  load(): Promise<void>;
  /** The call is being answered with the agent's stream. May be told again. Settles when it would survive a restart. */
  expect(callId: ProviderCallId, call: { readonly from?: string; readonly to?: string }): Promise<void>;
  /** The call is being answered with something else: a stream that opens from now on is not relayed. */
  release(callId: ProviderCallId): Promise<void>;
  /** Whether a stream of the call that opens now is a two-way one, to be relayed. */
  isExpected(callId: ProviderCallId): boolean;
  /** Takes over the socket of a two-way stream. */
  open(callId: ProviderCallId, socket: Socket): void;
  /** The call's newest relay whose stream has started and has not been stopped. */
  of(callId: ProviderCallId): Relay | undefined;
  /** Takes in `PlayedStream` and `ClearedAudio`; others are none of its business. */
  statusCallback(told: StatusCallback): void;
  /** The call is over. */
  forget(callId: ProviderCallId): Promise<void>;
  /** Closes every socket at once. */
  stop(reason: string): void;
}

export interface RelaysDeps {
  readonly host: ProviderHost;
  /** The agent's address, with `{callId}`, `{from}` and `{to}` where they belong. */
  readonly agentUrl: Secret;
  /** How an agent is dialled: the time of one attempt, and how many further ones there are. */
  readonly agent: { readonly connectTimeoutMs: number; readonly retries: number };
  readonly byteOrder: ByteOrder | 'auto';
  /** What was asked for, for a start that does not say what it is. */
  readonly fallbackFormat: MediaFormat;
  readonly emit: (event: ProviderEvent) => void;
  readonly onStart: (callId: ProviderCallId, message: StreamMessageOf<'start'>) => void;
  readonly onDtmf: (callId: ProviderCallId, message: StreamMessageOf<'dtmf'>) => void;
  /** The agent ended the stream: what follows is the end of the call. Settles when that is kept. */
  readonly onAgentEnded: (callId: ProviderCallId) => Promise<void>;
  /** The agent cannot be reached: what follows is the fallback. Settles when that is kept. */
  readonly onAgentUnreachable: (callId: ProviderCallId) => Promise<void>;
}

interface OpenRelay {
  readonly callId: ProviderCallId;
  stream?: RelayedStream;
}

/** No relays yet. Whoever makes them stops them. */
export function createRelays(deps: RelaysDeps): Relays {
  const { host } = deps;
  const memories = createCallMemories(host, deps.agentUrl);
  /** Oldest first. */
  const relays = new Set<OpenRelay>();

  const streamsOf = (callId: string): readonly RelayedStream[] =>
    [...relays].flatMap((relay) => (relay.callId === callId && relay.stream ? [relay.stream] : []));

  return {
    load: memories.load,
    expect: memories.expect,
    release: memories.release,
    isExpected: memories.isExpected,
    open(callId, socket) {
      const memory = memories.of(callId);
      if (!memory) return socket.close(1008, 'the call is not relayed');
      const relay: OpenRelay = { callId };
      relays.add(relay);
      relay.stream = createRelay(socket, {
        ...deps,
        providerCallId: callId,
        memory,
        onStart: (message) => deps.onStart(callId, message),
        onDtmf: (message) => deps.onDtmf(callId, message),
        onAgentEnded: () => deps.onAgentEnded(callId),
        onAgentUnreachable: () => deps.onAgentUnreachable(callId),
        onClose: () => relays.delete(relay),
      });
    },
    of: (callId) => streamsOf(callId).findLast(({ isOpen }) => isOpen),
    statusCallback({ callId, event, streamId, name }) {
      const streams = streamsOf(callId);
      if (event === 'ClearedAudio') {
        streams.find((stream) => stream.streamId === streamId)?.cleared();
      }
      if (event !== 'PlayedStream' || name === undefined) return;
      const commandId = memories.of(providerCallId(callId))?.commandOf(name);
      if (commandId === undefined) return;
      for (const stream of streams) stream.played(name);
      deps.emit(confirmation(providerCallId(callId), commandId, host.clock.now()));
    },
    async forget(callId) {
      for (const stream of streamsOf(callId)) stream.end('the call ended');
      await memories.forget(callId);
    },
    stop(reason) {
      for (const { stream } of relays) stream?.cut(reason);
    },
  };
}
