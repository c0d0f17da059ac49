/** Forwards the messages of Vobiz to the agent. There is no await on this path, so messages keep their order. */
import { dispatch, type HandlerTable } from '@sidetone/plugin-kit';
import { isOfOtherStream } from '../stream/inbound-stream.ts';
import type { StreamMessage } from '../wire.ts';
import { confirm, startForAgent, type RelayState, type StartedStream } from './relay-state.ts';
import { withSilence } from './silence.ts';

type Raw = string | Uint8Array;

/** Handles one message of a started stream. */
export function handleVobizMessage(
  message: StreamMessage,
  raw: Raw,
  started: StartedStream,
  state: RelayState,
): void {
  if (message.type === 'media') forwardMedia(raw, started, state);
  else dispatch(HANDLERS, message, raw, started, state);
}

function forwardMedia(raw: Raw, { format }: StartedStream, { agent, deps }: RelayState): void {
  const isMuted = deps.call.isMuted('CUSTOMER');
  agent?.send(isMuted ? withSilence(String(raw), format.encoding) : raw, true);
}

function forward(_message: StreamMessage, raw: Raw, _started: StartedStream, { agent }: RelayState): void {
  agent?.send(raw, false);
}

const HANDLERS: HandlerTable<StreamMessage, [raw: Raw, started: StartedStream, state: RelayState]> = {
  start: (_message, raw, _started, state) => state.agent?.send(startForAgent(state, String(raw)), false),
  media: (_message, raw, started, state) => forwardMedia(raw, started, state),
  dtmf: forward,
  stop(message, raw, started, state) {
    forward(message, raw, started, state);
    if (state.phase !== 'open' || isOfOtherStream(message, started.start)) return;
    state.phase = 'ending';
    started.playback.end();
  },
  played(message, raw, started, state) {
    const { name = '' } = message;
    const commandId = state.deps.call.commandOf(name);
    if (commandId === undefined) return forward(message, raw, started, state);
    started.playback.checkpointReached(name);
    confirm(state, commandId);
  },
  cleared(message, raw, started, state) {
    if (started.playback.cleared() === 'agent') forward(message, raw, started, state);
  },
  error: forward,
  unknown: forward,
  malformed: forward,
};
