// One socket of `/v2/listen`: one channel, turns instead of results, and no keep-alive.

import { reasonOf, IDLE_CLOSE, UNDECODABLE_CLOSE } from '../connection/close-codes.ts';
import type { Close } from '../connection/close-codes.ts';
import { createIdleTimeout } from '../connection/idle-timeout.ts';
import { createInbox } from '../connection/inbox.ts';
import { createResultSender } from '../connection/result-sender.ts';
import { bytesPerSecond } from '../session.ts';
import type { Session, SessionDeps } from '../session.ts';
import { createSessionLog } from '../session-state.ts';
import { createAudioDecoder, isRawAudio } from '../transcript/audio-decoder.ts';
import type { Message } from '../transcript/messages.ts';
import { configuredMessage, decodeFluxClientMessage, turnMessage } from './flux-messages.ts';
import type { FluxClientMessage } from './flux-messages.ts';
import type { FluxQuery, TurnSettings } from './flux-query.ts';
import { createTurns } from './turns.ts';
import type { TurnInfo } from './turns.ts';

type Handlers = {
  readonly [Type in FluxClientMessage['type']]: (message: Extract<FluxClientMessage, { type: Type }>) => void;
};

type Incoming =
  | { readonly kind: 'audio'; readonly bytes: Buffer; readonly seconds: number }
  | { readonly kind: 'message'; readonly text: string };

/** Starts the session of an accepted socket. It ends with the socket. */
export function createFluxSession(deps: SessionDeps & { readonly query: FluxQuery }): Session {
  const { id, socket, parameters, query, phrases, behaviour } = deps;
  const decoder = createAudioDecoder(query);
  let settings: TurnSettings = query.turns;
  const turns = createTurns(phrases, () => settings, behaviour);
  const audio = {
    channels: 1,
    get seconds() {
      return decoder.seconds;
    },
  };
  const sessionLog = createSessionLog(id, parameters, audio);
  const context = { requestId: id, query, channels: 1 };
  const sender = createResultSender({ ...deps, context, sessionLog });
  let sequence = 0;
  let isStopped = false;

  const send = ({ type, ...fields }: Message): void =>
    sender.send({ type, request_id: id, sequence_id: sequence++, ...fields });
  const sendTurns = (messages: readonly TurnInfo[]): void => {
    for (const turn of messages) {
      const isFinal = turn.event === 'EndOfTurn' && turn.words.length > 0;
      if (isFinal) sessionLog.final(turn, 0);
      const shown = isFinal && deps.dropsText() ? { ...turn, words: [] } : turn;
      send(turnMessage(shown, query, settings, behaviour()));
    }
  };
  const end = (close: Close): void => {
    isStopped = true;
    sender.finish(close);
  };
  const fail = (code: string, description: string): void => {
    send({ type: 'Error', code, description });
    end({ code: 1011, reason: description });
  };

  const injectFaults = (receivedMs: number): void => {
    const { cutAfterMs, freezeAfterMs, closeAfterMs, closeCode } = behaviour();
    const isDue = (ms: number): boolean => deps.isFaulty && ms > 0 && receivedMs >= ms;
    if (isDue(cutAfterMs)) socket.terminate();
    if (isDue(freezeAfterMs)) {
      isStopped = true;
      sender.freeze();
    }
    if (isDue(closeAfterMs)) end({ code: closeCode, reason: reasonOf(closeCode) });
  };

  const handlers: Handlers = {
    CloseStream() {
      sendTurns(turns.finish());
      end({ code: 1000, reason: '' });
    },
    ForceEndTurn() {
      const ended = turns.forceEnd();
      if (ended.length > 0) return sendTurns(ended);
      send({
        type: 'Warning',
        code: 'FORCE_END_TURN_NO_ACTIVE_TURN',
        description: 'there is no turn to end',
      });
    },
    Configure({ changes, keyterms }) {
      const { configureAnswer } = behaviour();
      if (configureAnswer === 'failure')
        return send({ type: 'ConfigureFailure', code: 'INVALID_PARAMETER', description: 'rejected' });
      settings = { ...settings, ...changes };
      if (configureAnswer === 'success') send(configuredMessage(settings, keyterms));
    },
    'invalid Configure': ({ problem }) =>
      send({ type: 'ConfigureFailure', code: 'INVALID_THRESHOLD', description: problem }),
    invalid: ({ problem }) => fail('UNPARSABLE_CLIENT_MESSAGE', problem),
  };
  const handle = <Type extends FluxClientMessage['type']>(
    message: Extract<FluxClientMessage, { type: Type }>,
  ): void => handlers[message.type](message);

  const inbox = createInbox<Incoming>(behaviour, (incoming) => {
    if (isStopped) return;
    if (incoming.kind === 'message') return handle(decodeFluxClientMessage(incoming.text, settings));
    for (const step of decoder.push(incoming.bytes)[0] ?? []) sendTurns(turns.push(step));
    injectFaults(decoder.seconds * 1000);
  });
  const idle = createIdleTimeout(
    () => behaviour().idleMs,
    () => end(IDLE_CLOSE),
  );

  send({ type: 'Connected' });
  socket.on('message', (bytes: Buffer, isBinary: boolean) => {
    idle.reset(isBinary ? 'audio' : 'text');
    const isFirst = sessionLog.receivedSeconds === 0;
    const seconds = isBinary ? bytes.length / bytesPerSecond(query) : 0;
    sessionLog.received(isBinary ? 'audio' : typeOf(bytes.toString('utf8')));
    sessionLog.audio(seconds);
    if (isBinary && !isRawAudio(bytes, isFirst)) return end(UNDECODABLE_CLOSE);
    const isQueued = inbox.add(
      isBinary ? { kind: 'audio', bytes, seconds } : { kind: 'message', text: bytes.toString('utf8') },
    );
    if (!isQueued) socket.terminate();
  });
  socket.on('error', () => {});
  socket.on('close', (code) => {
    sessionLog.closed(code);
    idle.close();
    inbox.close();
    sender.close();
  });

  return {
    get isOpen() {
      return sessionLog.state().status === 'open';
    },
    state: sessionLog.state,
    cut: () => socket.terminate(),
  };
}

const typeOf = (text: string): string => /"type"\s*:\s*"(\w+)"/.exec(text)?.[1] ?? 'invalid';
