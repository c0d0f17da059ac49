// One socket, from its opening to its close: messages are queued and processed, and results are sent.

import type { WebSocket } from 'ws';
import type { DeepgramBehaviour } from './behaviour.ts';
import { decodeClientMessage } from './connection/client-message.ts';
import type { ClientMessage } from './connection/client-message.ts';
import { IDLE_CLOSE, reasonOf, NO_RESPONSE_CLOSE, UNDECODABLE_CLOSE } from './connection/close-codes.ts';
import type { Close } from './connection/close-codes.ts';
import { createTranscription } from './transcript/transcription.ts';
import { createIdleTimeout } from './connection/idle-timeout.ts';
import { createInbox } from './connection/inbox.ts';
import type { Incoming } from './connection/inbox.ts';
import type { ListenQuery } from './listen-query.ts';
import { configureMessage, metadataMessage } from './transcript/messages.ts';
import type { Phrase } from './recogniser/phrase-index.ts';
import { createSessionLog } from './session-state.ts';
import type { DeepgramSessionState } from './session-state.ts';
import { createResultSender } from './connection/result-sender.ts';
import { isRawAudio } from './transcript/audio-decoder.ts';

/** The dependencies of a session. */
export interface SessionDeps {
  /** The request id. */
  readonly id: string;
  readonly socket: WebSocket;
  readonly parameters: URLSearchParams;
  readonly query: ListenQuery;
  readonly phrases: readonly Phrase[];
  /** Whether this socket has the faults of `DeepgramSocketBehaviour`. */
  readonly isFaulty: boolean;
  /** Called for each use, because the behaviour can change. */
  readonly behaviour: () => DeepgramBehaviour;
  /** Called once for each final with text. Returns true if the text is removed. */
  readonly dropsText: () => boolean;
}

/** The session of one socket. */
export interface Session {
  readonly isOpen: boolean;
  state(): DeepgramSessionState;
  /** Breaks the connection. */
  cut(): void;
}

type Handlers = {
  readonly [Type in ClientMessage['type']]: (message: Extract<ClientMessage, { type: Type }>) => void;
};

/** Starts the session of an accepted socket. It ends with the socket. */
export function createSession(deps: SessionDeps): Session {
  const { id, socket, parameters, query, phrases, behaviour } = deps;
  const transcription = createTranscription(phrases, query, behaviour);
  const context = { requestId: id, query, channels: transcription.channels };
  const sessionLog = createSessionLog(id, parameters, transcription);
  const sender = createResultSender({ ...deps, context, sessionLog });
  let isStopped = false;
  let overload: NodeJS.Timeout | undefined;

  const end = (close: Close): void => {
    isStopped = true;
    sender.finish(close, () => metadataMessage(context, transcription.seconds));
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
    KeepAlive() {},
    Finalize({ channel }) {
      if (behaviour().finalizeAnswers) sender.sendResults(transcription.flush(true, channel));
    },
    CloseStream() {
      sender.sendResults(transcription.flush(false));
      end({ code: 1000, reason: '' });
    },
    Configure({ keyterms }) {
      const message = configureMessage(behaviour().configureAnswer, id, keyterms);
      if (message !== undefined) sender.send(message);
    },
    overload() {
      isStopped = true;
      overload = setTimeout(() => end(NO_RESPONSE_CLOSE), behaviour().overloadedMs);
    },
    invalid({ answer }) {
      sender.send(answer);
    },
  };
  const handle = <Type extends ClientMessage['type']>(
    message: Extract<ClientMessage, { type: Type }>,
  ): void => handlers[message.type](message);

  const inbox = createInbox(behaviour, (incoming) => {
    if (isStopped) return;
    if (incoming.kind === 'message') return handle(incoming.message);
    sender.sendResults(transcription.push(incoming.bytes));
    injectFaults(transcription.seconds * 1000);
  });
  const idle = createIdleTimeout(
    () => behaviour().idleMs,
    () => end(IDLE_CLOSE),
  );

  const enqueue = (incoming: Incoming): void => {
    if (!inbox.add(incoming)) socket.terminate();
  };
  const receiveAudio = (bytes: Buffer): void => {
    const isFirst = sessionLog.receivedSeconds === 0;
    sessionLog.received('audio');
    // An empty message is an older way to close the stream.
    if (bytes.length === 0) return enqueue({ kind: 'message', message: { type: 'CloseStream' } });
    if (!isRawAudio(bytes, isFirst)) return end(UNDECODABLE_CLOSE);
    const seconds = bytes.length / bytesPerSecond(query);
    sessionLog.audio(seconds);
    enqueue({ kind: 'audio', bytes, seconds });
  };
  socket.on('message', (bytes: Buffer, isBinary: boolean) => {
    idle.reset(isBinary ? 'audio' : 'text');
    if (isBinary) return receiveAudio(bytes);
    const message = decodeClientMessage(bytes.toString('utf8'), query.model);
    sessionLog.received(message.type);
    enqueue({ kind: 'message', message });
  });
  socket.on('error', () => {});
  socket.on('close', (code) => {
    sessionLog.closed(code);
    clearTimeout(overload);
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

/** Returns the size of a second of audio. */
export function bytesPerSecond({ encoding, sampleRate, channels }: ListenQuery): number {
  return sampleRate * channels * (encoding === 'linear16' ? 2 : 1);
}
