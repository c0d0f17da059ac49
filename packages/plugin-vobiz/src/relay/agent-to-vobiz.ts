/** Connects the agent of a stream, and forwards its messages to Vobiz. There is no await on the path of a message. */
import { dispatch, type HandlerTable } from '@sidetone/plugin-kit';
import { isOfOtherStream } from '../stream/inbound-stream.ts';
import { AgentLink } from './agent-link.ts';
import { clearedAudio, decodeAgentMessage, type AgentMessage, type AgentMessageOf } from './agent-wire.ts';
import { endStream, notify, startForAgent, type RelayState, type StartedStream } from './relay-state.ts';

/** Creates a link to an agent for the stream. Messages are ignored unless the link is the current one. */
export function linkAgent(state: RelayState, url: URL, origin: 'configured' | 'supplied'): AgentLink {
  const { host, providerCallId, agent, onAgentEnded, onAgentUnreachable } = state.deps;
  const link: AgentLink = new AgentLink({
    host: origin === 'supplied' ? { ...host, dial: host.guarded.dial } : host,
    providerCallId,
    url,
    ...agent,
    startMessage: () => startForAgent(state, state.started?.raw ?? ''),
    onMessage(raw) {
      if (state.phase !== 'open' || link !== state.agent || !state.started) return;
      if (typeof raw === 'string') receiveAgentMessage(raw, state);
      else state.counters.binaryByAgent++;
    },
    onDisconnected: () => (state.phase === 'open' ? notify(state, 'VOBIZ_AGENT_DISCONNECTED') : link.cut()),
    onReconnected: () => notify(state, 'VOBIZ_AGENT_RECONNECTED'),
    onClosedByAgent: () => void endStream(state, onAgentEnded),
    onUnreachable() {
      if (state.phase === 'open') notify(state, 'VOBIZ_AGENT_UNREACHABLE');
      void endStream(state, onAgentUnreachable);
    },
  });
  return link;
}

function receiveAgentMessage(raw: string, state: RelayState): void {
  const result = state.held.add(raw);
  if (result === 'dropped') state.counters.droppedHeld++;
  if (result === 'not holding') handleAgentMessage(raw, state);
}

/** Handles a message of the current agent. */
export function handleAgentMessage(raw: string, state: RelayState): void {
  const { started, phase } = state;
  if (phase !== 'open' || !started) return;
  const message: AgentMessage = decodeAgentMessage(raw);
  if (message.type === 'playAudio') forwardAudio(message, raw, started, state);
  else dispatch(HANDLERS, message, raw, started, state);
}

/** Drops the audio while the agent is muted or a sound of this daemon is played. */
function forwardAudio(
  message: AgentMessageOf<'playAudio'>,
  raw: string,
  { start, playback }: StartedStream,
  state: RelayState,
): void {
  if (state.deps.call.isMuted('ASSISTANT') || playback.isPlayingSound) state.counters.droppedAgentAudio++;
  else if (state.vobiz.send(raw, true) && !isOfOtherStream(message, start)) playback.agentAudio(message);
}

function forward(_message: AgentMessage, raw: string, _started: StartedStream, { vobiz }: RelayState): void {
  vobiz.send(raw);
}

const HANDLERS: HandlerTable<AgentMessage, [raw: string, started: StartedStream, state: RelayState]> = {
  playAudio: forwardAudio,
  checkpoint: forward,
  clearAudio(message, raw, started, state) {
    const { playback, start } = started;
    if (isOfOtherStream(message, start)) return forward(message, raw, started, state);
    // While a sound of this daemon is played, there is no audio of the agent to clear.
    if (playback.isPlayingSound) return state.agent?.send(clearedAudio(start.streamId), false);
    playback.agentCleared();
    forward(message, raw, started, state);
  },
  stop(message, raw, started, state) {
    if (isOfOtherStream(message, started.start)) forward(message, raw, started, state);
    else void endStream(state, state.deps.onAgentEnded, raw);
  },
  unknown: forward,
  malformed: (_message, _raw, _started, { counters }) => void counters.malformedByAgent++,
};
