/**
 * One two-way stream, between Vobiz and an agent. What either says goes to the other as it came; in between we hear both,
 * may close a gate to either, and may speak ourselves. The path of a message that is forwarded has no await in it.
 */
import {
  FaultError,
  messageOf,
  type CommandId,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
  type Socket,
} from '@sidetone/core';
import { fetchSound } from '@sidetone/plugin-kit';
import { createAgentLink, type AgentLink } from './agent-link.ts';
import {
  clearedAudio,
  decodeAgentMessage,
  stop as stopMessage,
  type AgentMessageOf,
  type AgentMessageType,
} from './agent-wire.ts';
import type { ByteOrder } from '../stream/byte-order.ts';
import type { CallMemory } from './relayed-calls.ts';
import { isForeign } from '../stream/inbound-stream.ts';
import { createOutlet } from './send-queue.ts';
import { silenced } from './silence.ts';
import { createPlayback, type Playback } from './playback.ts';
import { confirmation, notice, type AgentNotice } from './relay-events.ts';
import type { Relay } from './relays.ts';
import { createStreamSession, type StreamSession } from '../stream/stream-session.ts';
import type { MediaFormat, StreamMessage, StreamMessageOf, StreamMessageType } from '../wire.ts';

/** How long Vobiz has to close a stream's socket once it was told to stop, ms. */
export const STOP_WITHIN_MS = 5000;

export interface RelayDeps {
  readonly host: ProviderHost;
  readonly providerCallId: ProviderCallId;
  readonly byteOrder: ByteOrder | 'auto';
  readonly fallbackFormat: MediaFormat;
  readonly agent: { readonly connectTimeoutMs: number; readonly retries: number };
  /** What holds for the call, whichever of its streams is open. */
  readonly memory: CallMemory;
  readonly emit: (event: ProviderEvent) => void;
  readonly onStart: (message: StreamMessageOf<'start'>) => void;
  readonly onDtmf: (message: StreamMessageOf<'dtmf'>) => void;
  /** The agent ended the stream. Settles when it is kept what is to follow. */
  readonly onAgentEnded: () => Promise<void>;
  /** The agent cannot be reached. Settles when it is kept what is to follow. */
  readonly onAgentUnreachable: () => Promise<void>;
  /** Called once, when Vobiz's socket is closed. */
  readonly onClose: () => void;
}

export interface RelayedStream extends Relay {
  /** Whether the stream has started, and nobody has stopped it. */
  readonly isOpen: boolean;
  /** As its start named it. */
  readonly streamId: string | undefined;
  /** A checkpoint of ours was reached, by a status callback. */
  played(name: string): void;
  /** Waiting audio was dropped, by a status callback. */
  cleared(): void;
  /** Closes both sockets; the agent still gets what came before. */
  end(reason: string): void;
  /** Closes both sockets at once. */
  cut(reason: string): void;
}

/** What is there once a stream has started. */
interface Started {
  readonly raw: string;
  readonly start: StreamMessageOf<'start'>;
  readonly format: MediaFormat;
  readonly playback: Playback;
}

type FromVobiz<Type extends StreamMessageType> = (
  message: StreamMessageOf<Type>,
  raw: string | Uint8Array,
  started: Started,
) => void;
type FromAgent<Type extends AgentMessageType> = (
  message: AgentMessageOf<Type>,
  raw: string,
  started: Started,
) => void;

/** Relays a socket that Vobiz has opened, until it closes. */
export function createRelay(socket: Socket, deps: RelayDeps): RelayedStream {
  const { host, providerCallId, memory } = deps;
  const life = new AbortController();
  const outlet = createOutlet(socket, host.log);
  const counters = { gated: 0, malformedByAgent: 0, binaryByAgent: 0 };
  let phase: 'waiting' | 'open' | 'ending' | 'closed' = 'waiting';
  let started: Started | undefined;
  let link: AgentLink | undefined;
  let cancelStop: (() => void) | undefined;

  const isWanted = (): boolean =>
    host.hasDemand('levels', providerCallId) || host.hasDemand('audio', providerCallId);
  const unlisten = host.onDemandChange((callId) => {
    if (callId === providerCallId) started?.playback.wake();
  });

  const now = (): number => host.clock.now();
  const confirm = (commandId: CommandId): void => deps.emit(confirmation(providerCallId, commandId, now()));
  const notify = (code: AgentNotice): void => deps.emit(notice(providerCallId, code, now()));

  const toAgent = (_message: StreamMessage, raw: string | Uint8Array): void => link?.send(raw, false);
  const FROM_VOBIZ: { readonly [Type in StreamMessageType]: FromVobiz<Type> } = {
    start: toAgent,
    media(_message, raw, { format }) {
      const isMuted = memory.isMuted('CUSTOMER');
      link?.send(isMuted ? silenced(String(raw), format.encoding) : raw, true);
    },
    dtmf: toAgent,
    stop(message, raw, { start, playback }) {
      toAgent(message, raw);
      if (phase !== 'open' || isForeign(message, start)) return;
      phase = 'ending';
      playback.end();
    },
    played(message, raw, { playback }) {
      const { name = '' } = message;
      const commandId = memory.commandOf(name);
      if (commandId === undefined) return toAgent(message, raw);
      playback.played(name);
      confirm(commandId);
    },
    cleared(message, raw, { playback }) {
      if (playback.takeCleared() === 'agents') toAgent(message, raw);
    },
    error: toAgent,
    unknown: toAgent,
    malformed: toAgent,
  };

  const toVobiz = (_message: object, raw: string): void => void outlet.send(raw);
  const FROM_AGENT: { readonly [Type in AgentMessageType]: FromAgent<Type> } = {
    playAudio(message, raw, { playback, start }) {
      if (memory.isMuted('ASSISTANT') || playback.isHolding) counters.gated++;
      else if (outlet.send(raw, true) && !isForeign(message, start)) playback.hear(message);
    },
    checkpoint: toVobiz,
    clearAudio(message, raw, { playback, start }) {
      if (isForeign(message, start)) return toVobiz(message, raw);
      // While we speak, nothing of the agent's waits: what would be cleared is ours.
      if (playback.isHolding) return link?.send(clearedAudio(start.streamId), false);
      playback.clearAgents();
      toVobiz(message, raw);
    },
    stop(message, raw, { start }) {
      if (isForeign(message, start)) toVobiz(message, raw);
      else void endBy(deps.onAgentEnded, raw);
    },
    unknown: toVobiz,
    malformed: () => void counters.malformedByAgent++,
  };

  function begin(start: StreamMessageOf<'start'>, raw: string): void {
    if (started && started.start.streamId === start.streamId) return;
    started?.playback.end();
    const format = start.format ?? deps.fallbackFormat;
    const playback = createPlayback({
      host,
      streamId: start.streamId,
      format,
      byteOrder: deps.byteOrder,
      isWanted,
      send: (text, isMedia) => outlet.send(text, isMedia),
      write: (bytes, positionMs) => session.takePlayed(bytes, positionMs),
    });
    started = { raw, start, format, playback };
  }

  function receive(raw: string | Uint8Array, message: StreamMessage): void {
    const isFirst = started === undefined;
    if (message.type === 'start') begin(message, String(raw));
    if (!started) return;
    if (!isFirst) return (FROM_VOBIZ[message.type] as FromVobiz<StreamMessageType>)(message, raw, started);
    // The first start is what every connection to the agent begins with.
    phase = 'open';
    link = linkTo(memory.agentUrl());
    link.start();
  }

  function linkTo(url: URL): AgentLink {
    const own: AgentLink = createAgentLink({
      host,
      providerCallId,
      url,
      ...deps.agent,
      greeting: () => started?.raw ?? '',
      onMessage(message) {
        if (phase !== 'open' || own !== link || !started) return;
        if (typeof message === 'string') {
          const read = decodeAgentMessage(message);
          (FROM_AGENT[read.type] as FromAgent<AgentMessageType>)(read, message, started);
        } else counters.binaryByAgent++;
      },
      onLost: () => (phase === 'open' ? notify('VOBIZ_AGENT_LOST') : own.cut()),
      onBack: () => notify('VOBIZ_AGENT_BACK'),
      onDone: () => void endBy(deps.onAgentEnded),
      onUnreachable() {
        if (phase === 'open') notify('VOBIZ_AGENT_UNREACHABLE');
        void endBy(deps.onAgentUnreachable);
      },
    });
    return own;
  }

  /** Ends the stream once it is kept what is to follow: Vobiz asks for that as soon as it has stopped. */
  async function endBy(keep: () => Promise<void>, text?: string): Promise<void> {
    if (phase !== 'open') return;
    phase = 'ending';
    started?.playback.end();
    try {
      await keep();
    } catch (error) {
      host.log.error('what follows a stream could not be kept', { providerCallId, reason: messageOf(error) });
    }
    if (!outlet.send(text ?? stopMessage(started?.start.streamId))) return;
    cancelStop = host.clock.schedule(STOP_WITHIN_MS, () => session.stop('the stream did not stop'));
  }

  function close(): void {
    phase = 'closed';
    life.abort();
    cancelStop?.();
    unlisten();
    outlet.end();
    started?.playback.end();
    link?.close();
    const unheardMs = started?.playback.unheardMs ?? 0;
    const unsent = outlet.dropped;
    host.log.debug('a relay is done', { providerCallId, ...counters, unsent, unheardMs });
    deps.onClose();
  }

  function needsStarted(): Started {
    if (phase === 'open' && started) return started;
    throw new FaultError('CALL_NOT_LIVE', 'the stream of the call is over');
  }

  /** That the stream is over says more than what was given up for it. */
  function failure(error: unknown): never {
    needsStarted();
    throw error;
  }

  const session: StreamSession = createStreamSession(socket, {
    ...deps,
    onMessage: receive,
    onClose: close,
  });

  return {
    get isOpen() {
      return phase === 'open';
    },
    get streamId() {
      return started?.start.streamId;
    },
    async mute(party, commandId) {
      const { playback } = needsStarted();
      const isNews = !memory.isMuted(party);
      const kept = memory.mute(party);
      const silent = party === 'ASSISTANT' && isNews ? playback.silenceAgent() : kept;
      void silent.then(() => confirm(commandId));
      await kept;
    },
    async unmute(party, commandId) {
      needsStarted();
      await memory.unmute(party);
      confirm(commandId);
    },
    async playSound(url, commandId, signal) {
      needsStarted();
      const sound = await fetchSound(host, url, AbortSignal.any([signal, life.signal])).catch(failure);
      const isPlayed = await needsStarted().playback.play(sound, memory.nameFor(commandId));
      needsStarted();
      if (!isPlayed) throw new FaultError('LIMIT_EXCEEDED', 'too much audio waits to be played');
    },
    async clear(commandId) {
      needsStarted().playback.clear(() => confirm(commandId));
    },
    async handoff(url, commandId, signal) {
      needsStarted();
      const next = linkTo(url);
      await next.connect(AbortSignal.any([signal, life.signal])).catch(failure);
      if (phase !== 'open') next.close();
      const { playback } = needsStarted();
      link?.close();
      link = next;
      void playback.silenceAgent();
      await memory.handTo(url);
      deps.emit({
        providerCallId,
        occurredAt: now(),
        type: 'assistant.changed',
        assistant: { name: url.host },
      });
      confirm(commandId);
    },
    async endStream() {
      needsStarted();
      await endBy(() => Promise.resolve());
    },
    played: (name) => started?.playback.played(name),
    cleared: () => started?.playback.callBack(),
    end: (reason) => session.stop(reason),
    cut(reason) {
      session.stop(reason);
      link?.cut();
    },
  };
}
