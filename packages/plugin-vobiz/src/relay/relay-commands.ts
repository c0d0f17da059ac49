/** The commands on one relayed stream. Each is confirmed by `command.confirmed` once it took effect. */
import { FaultError, type CommandId } from '@sidetone/core';
import { fetchSound } from '@sidetone/plugin-kit';
import { eventBase } from '../calls/call-events.ts';
import { handleAgentMessage, linkAgent } from './agent-to-vobiz.ts';
import { confirm, endStream, requireOpen, type RelayState } from './relay-state.ts';
import type { RelayParty } from './relayed-calls.ts';

/** Commands reject with CALL_NOT_LIVE if the stream has ended. */
export interface RelayCommands {
  mute(party: RelayParty, commandId: CommandId): Promise<void>;
  unmute(party: RelayParty, commandId: CommandId): Promise<void>;
  /**
   * Plays a WAV file instead of the agent's audio. Resolves when it starts.
   * @throws {FaultError} INPUT_INVALID, LIMIT_EXCEEDED, CAPABILITY_MISSING, or PROVIDER_UNREACHABLE if fetching the file
   * times out.
   */
  playSound(url: string, commandId: CommandId, signal: AbortSignal): Promise<void>;
  /** Stops all audio that is being played. */
  clear(commandId: CommandId): Promise<void>;
  /**
   * Connects the call to another agent.
   * @throws {FaultError} PROVIDER_UNREACHABLE; the previous agent then stays connected.
   */
  handoff(url: URL, commandId: CommandId, signal: AbortSignal): Promise<void>;
  /** Sends `stop`: the stream ends, and Vobiz requests the next step of the call. */
  endStream(): Promise<void>;
}

/** Creates the commands on the stream of `state`. */
export function createRelayCommands(state: RelayState): RelayCommands {
  const { host, providerCallId, call } = state.deps;

  /** If the stream has ended meanwhile, that is the reason of the failure. */
  function failure(error: unknown): never {
    requireOpen(state);
    throw error;
  }

  return {
    async mute(party, commandId) {
      const { playback } = requireOpen(state);
      const wasMuted = call.isMuted(party);
      const stored = call.mute(party);
      const silent = party === 'ASSISTANT' && !wasMuted ? playback.clearAgent() : stored;
      void silent.then(() => confirm(state, commandId));
      await stored;
    },
    async unmute(party, commandId) {
      requireOpen(state);
      await call.unmute(party);
      confirm(state, commandId);
    },
    async playSound(url, commandId, signal) {
      requireOpen(state);
      const given = AbortSignal.any([signal, state.closed.signal]);
      const sound = await fetchSound(host, url, given).catch(failure);
      const hasRoom = await requireOpen(state).playback.play(sound, call.newCheckpoint(commandId));
      requireOpen(state);
      if (!hasRoom) throw new FaultError('LIMIT_EXCEEDED', 'too much audio is waiting to be played');
    },
    async clear(commandId) {
      requireOpen(state).playback.clear(() => confirm(state, commandId));
    },
    async handoff(url, commandId, signal) {
      requireOpen(state);
      const next = linkAgent(state, url, 'supplied');
      await next.connect(AbortSignal.any([signal, state.closed.signal])).catch(failure);
      if (state.phase !== 'open') next.close();
      const { playback } = requireOpen(state);
      state.agent?.close();
      state.agent = next;
      state.held.holdUntil(playback.clearAgent(), (message) => handleAgentMessage(message, state));
      await call.setAgentUrl(url);
      state.deps.emit({
        ...eventBase(providerCallId, host.clock.now()),
        type: 'assistant.changed',
        assistant: { name: url.host },
      });
      confirm(state, commandId);
    },
    async endStream() {
      requireOpen(state);
      await endStream(state, () => Promise.resolve());
    },
  };
}
