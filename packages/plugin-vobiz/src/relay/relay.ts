/**
 * Relays one two-way stream between Vobiz and an agent. Messages are forwarded unchanged; in between, this daemon reads the
 * audio of both parties, can mute either of them, and can play audio itself.
 */
import type { Socket } from '@sidetone/core';
import { closable, type OpenSocket } from '../stream/socket-limit.ts';
import { createStreamSession, type StreamSession } from '../stream/stream-session.ts';
import type { StreamMessage, StreamMessageOf } from '../wire.ts';
import { linkAgent } from './agent-to-vobiz.ts';
import { createHeldMessages } from './held-messages.ts';
import { createPlayback } from './playback.ts';
import { createRelayCommands, type RelayCommands } from './relay-commands.ts';
import type { RelayDeps, RelayState } from './relay-state.ts';
import { createSendQueue } from './send-queue.ts';
import { handleVobizMessage } from './vobiz-to-agent.ts';

export interface Relay {
  readonly commands: RelayCommands;
  readonly socket: OpenSocket;
  /** Whether the stream has started and was not stopped. */
  readonly isOpen: boolean;
  /** The id in the start message. */
  readonly streamId: string | undefined;
  /** To be called when a status callback reports that a checkpoint of this daemon was reached. */
  checkpointReached(name: string): void;
  /** To be called when a status callback reports that buffered audio was cleared. */
  cleared(): void;
  /**
   * Closes the socket of the agent, which still receives what was sent before. That of Vobiz is read until Vobiz closes it, for a
   * limited time: audio of the caller may be on its way.
   */
  end(reason: string): void;
  /** Closes both sockets at once. */
  cut(reason: string): void;
}

/** Relays a socket that Vobiz has opened, until it closes. */
export function createRelay(socket: Socket, deps: RelayDeps): Relay {
  const { host, providerCallId } = deps;
  const state: RelayState = {
    deps,
    vobiz: createSendQueue(socket, host.log),
    counters: { droppedAgentAudio: 0, droppedHeld: 0, malformedByAgent: 0, binaryByAgent: 0 },
    held: createHeldMessages(),
    closed: new AbortController(),
    closeSocket: (reason) => session.stop(reason),
    writePlayed: (bytes, positionMs) => session.writePlayed(bytes, positionMs),
    skipPlayed: (bytes) => session.skipPlayed(bytes),
    phase: 'waiting for start',
    started: undefined,
    agent: undefined,
    cancelStopTimer: undefined,
  };
  const unsubscribe = host.onDemandChange((callId) => {
    if (callId === providerCallId) state.started?.playback.demandChanged();
  });
  const session: StreamSession = createStreamSession(socket, {
    ...deps,
    onMessage: (raw, message) => receive(state, raw, message),
    beforeEnd: () => state.started?.playback.end(),
    onClose() {
      unsubscribe();
      close(state);
      deps.onClose();
    },
  });

  return {
    get socket() {
      return closable(session);
    },
    commands: createRelayCommands(state),
    get isOpen() {
      return state.phase === 'open';
    },
    get streamId() {
      return state.started?.start.streamId;
    },
    checkpointReached: (name) => state.started?.playback.checkpointReached(name),
    cleared: () => state.started?.playback.clearedByCallback(),
    end(reason) {
      close(state);
      session.callEnded(reason);
    },
    cut(reason) {
      session.stop(reason);
      state.agent?.cut();
    },
  };
}

function receive(state: RelayState, raw: string | Uint8Array, message: StreamMessage): void {
  if (state.phase === 'closed') return;
  const isFirst = state.started === undefined;
  if (message.type === 'start') startStream(state, message, String(raw));
  if (!state.started) return;
  if (!isFirst) return handleVobizMessage(message, raw, state.started, state);
  // The first start is not forwarded: it is the first message of every connection to the agent.
  state.phase = 'open';
  const { call } = state.deps;
  state.agent = linkAgent(state, call.agentUrl(), call.isHandedOff() ? 'supplied' : 'configured');
  state.agent.start();
}

/** Starts a stream, and replaces the previous one of the socket. A repeated start is ignored. */
function startStream(state: RelayState, start: StreamMessageOf<'start'>, raw: string): void {
  const { host, providerCallId, byteOrders, fallbackFormat } = state.deps;
  if (state.started && state.started.start.streamId === start.streamId) return;
  state.started?.playback.end();
  const format = start.format ?? fallbackFormat;
  const playback = createPlayback({
    host,
    streamId: start.streamId,
    format,
    byteOrders,
    hasDemand: () => host.hasDemand('levels', providerCallId) || host.hasDemand('audio', providerCallId),
    send: (text, isMedia) => state.vobiz.send(text, isMedia),
    write: state.writePlayed,
    skip: state.skipPlayed,
  });
  state.started = { raw, start, format, playback };
}

function close(state: RelayState): void {
  const { deps, started, counters, vobiz } = state;
  if (state.phase === 'closed') return;
  state.phase = 'closed';
  state.closed.abort();
  state.cancelStopTimer?.();
  vobiz.end();
  started?.playback.end();
  state.agent?.close();
  deps.host.limitReached?.('MAX_UNSENT_CHARACTERS', vobiz.dropped);
  deps.host.limitReached?.('MAX_UNSENT_CONTROLS', vobiz.droppedControls);
  deps.host.limitReached?.('MAX_HELD_CHARACTERS', counters.droppedHeld);
  deps.host.log.debug('relay closed', {
    providerCallId: deps.providerCallId,
    ...counters,
    droppedToVobiz: vobiz.dropped,
    droppedPlaybackMs: started?.playback.droppedMs ?? 0,
  });
}
