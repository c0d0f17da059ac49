/** The relayed streams of an instance, by call. */
import {
  providerCallId,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
  type Secret,
  type Socket,
} from '@sidetone/core';
import { commandConfirmed } from '../calls/call-events.ts';
import { createSocketLimit } from '../stream/socket-limit.ts';
import type { ByteOrders } from '../stream/byte-orders.ts';
import type { MediaFormat, StreamMessageOf } from '../wire.ts';
import type { RelayCommands } from './relay-commands.ts';
import { createRelay, type Relay } from './relay.ts';
import { createRelayedCalls, type RelayedCalls } from './relayed-calls.ts';

/** A status callback of a stream. */
interface StatusCallback {
  readonly callId: string;
  readonly event?: string;
  readonly streamId?: string;
  /** Name of the checkpoint that was reached. */
  readonly name?: string;
}

export interface Relays extends Pick<RelayedCalls, 'load' | 'expect' | 'release' | 'isExpected' | 'read'> {
  /** Takes ownership of a socket with a two-way stream of an expected call. */
  open(callId: ProviderCallId, socket: Socket): void;
  /** Returns the commands on the newest stream of a call that has started and was not stopped. */
  get(callId: ProviderCallId): RelayCommands | undefined;
  /** Handles `PlayedStream` and `ClearedAudio`; ignores others. */
  statusCallback(callback: StatusCallback): void;
  /** Ends the streams of an ended call, and releases what is kept about it. */
  forget(callId: ProviderCallId): Promise<void>;
  /** Closes every socket at once. */
  stop(reason: string): void;
}

export interface RelaysDeps {
  readonly host: ProviderHost;
  /** The agent's URL, with the placeholders `{callId}`, `{from}` and `{to}`. */
  readonly agentUrl: Secret;
  readonly agent: {
    /** Timeout of one attempt to connect, ms. */
    readonly connectTimeoutMs: number;
    /** Number of further attempts. */
    readonly retries: number;
    /** Whether start messages have the fields of the older form as well. */
    readonly flatStart: boolean;
  };
  readonly byteOrders: ByteOrders;
  /** The requested format, for a start without one. */
  readonly fallbackFormat: MediaFormat;
  readonly emit: (event: ProviderEvent) => void;
  readonly onStart: (callId: ProviderCallId, message: StreamMessageOf<'start'>) => void;
  readonly onDtmf: (callId: ProviderCallId, message: StreamMessageOf<'dtmf'>) => void;
  /** Stores that the call ends next, because the agent ended the stream. */
  readonly onAgentEnded: (callId: ProviderCallId) => Promise<void>;
  /** Stores that the call continues with the fallback, because the agent cannot be reached. */
  readonly onAgentUnreachable: (callId: ProviderCallId) => Promise<void>;
}

interface OpenRelay {
  readonly callId: ProviderCallId;
  relay?: Relay;
}

/** Creates an empty set of relays. The caller must stop it. */
export function createRelays(deps: RelaysDeps): Relays {
  const { host } = deps;
  const calls = createRelayedCalls(host, deps.agentUrl);
  const limit = createSocketLimit(host.log);
  /** Oldest first. */
  const open = new Set<OpenRelay>();

  const relaysOf = (callId: string): readonly Relay[] =>
    [...open].flatMap((entry) => (entry.callId === callId && entry.relay ? [entry.relay] : []));

  return {
    load: calls.load,
    expect: calls.expect,
    release: calls.release,
    isExpected: calls.isExpected,
    read: calls.read,
    open(callId, socket) {
      const call = calls.get(callId);
      if (!call) return socket.close(1008, 'the call is not relayed');
      if (
        !limit.admit(
          callId,
          socket,
          relaysOf(callId).map(({ socket: each }) => each),
        )
      )
        return;
      const entry: OpenRelay = { callId };
      open.add(entry);
      entry.relay = createRelay(socket, {
        ...deps,
        providerCallId: callId,
        call,
        onStart: (message) => deps.onStart(callId, message),
        onDtmf: (message) => deps.onDtmf(callId, message),
        onAgentEnded: () => deps.onAgentEnded(callId),
        onAgentUnreachable: () => deps.onAgentUnreachable(callId),
        onClose: () => open.delete(entry),
      });
    },
    get: (callId) => relaysOf(callId).findLast(({ isOpen }) => isOpen)?.commands,
    statusCallback({ callId, event, streamId, name }) {
      const relays = relaysOf(callId);
      if (event === 'ClearedAudio') relays.find((relay) => relay.streamId === streamId)?.cleared();
      if (event !== 'PlayedStream' || name === undefined) return;
      const commandId = calls.get(providerCallId(callId))?.commandOf(name);
      if (commandId === undefined) return;
      for (const relay of relays) relay.checkpointReached(name);
      deps.emit(commandConfirmed(providerCallId(callId), commandId, host.clock.now()));
    },
    async forget(callId) {
      for (const relay of relaysOf(callId)) relay.end('the call ended');
      await calls.delete(callId);
    },
    stop(reason) {
      for (const { relay } of open) relay?.cut(reason);
    },
  };
}
