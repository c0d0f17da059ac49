// One socket, from its opening to its close: what comes is put in order and heard, and what is heard is told.

import type { WebSocket } from 'ws';
import type { DeepgramBehaviour } from './behaviour.ts';
import { decodeClientMessage } from './connection/client-message.ts';
import type { ClientMessage } from './connection/client-message.ts';
import { IDLE_CLOSE, reasonOf, SILENT_CLOSE, UNDECODABLE_CLOSE } from './connection/close-codes.ts';
import type { Close } from './connection/close-codes.ts';
import { createHearing } from './transcript/transcription.ts';
import { createIdleWatch } from './connection/idle-timeout.ts';
import { createInbox } from './connection/inbox.ts';
import type { Arrival } from './connection/inbox.ts';
import type { ListenQuery } from './listen-query.ts';
import { configureMessage, metadataMessage } from './transcript/messages.ts';
import type { Phrase } from './recogniser/phrase-index.ts';
import { createLedger } from './session-state.ts';
import type { DeepgramSessionState } from './session-state.ts';
import { createTeller } from './connection/result-sender.ts';
import { isUndecodable } from './connection/undecodable.ts';

/** What a session needs. */
export interface SessionDeps {
  /** The request id. */
  readonly id: string;
  readonly socket: WebSocket;
  readonly parameters: URLSearchParams;
  readonly query: ListenQuery;
  readonly book: readonly Phrase[];
  /** Whether this socket suffers from what ends sockets. */
  readonly isFaulty: boolean;
  /** Asked for each time, because dials may change. */
  readonly dials: () => DeepgramBehaviour;
  /** Whether a final with words is to come without them; asked once for each. */
  readonly losesWords: () => boolean;
}

/** A socket that is listened to. */
export interface Session {
  readonly isOpen: boolean;
  state(): DeepgramSessionState;
  /** Breaks the connection. */
  cut(): void;
}

type Answers = {
  readonly [Type in ClientMessage['type']]: (message: Extract<ClientMessage, { type: Type }>) => void;
};

/** Listens to a socket that was just accepted. It ends with its socket. */
export function createSession(deps: SessionDeps): Session {
  const { id, socket, parameters, query, book, dials } = deps;
  const hearing = createHearing(book, query, dials);
  const context = { requestId: id, query, channels: hearing.channels };
  const ledger = createLedger(id, parameters, hearing);
  const teller = createTeller({ ...deps, context, ledger });
  let isDeaf = false;
  let overload: NodeJS.Timeout | undefined;

  const end = (close: Close): void => {
    isDeaf = true;
    teller.end(close, () => metadataMessage(context, hearing.seconds));
  };

  const suffer = (heardMs: number): void => {
    const { cutAfterMs, freezeAfterMs, closeAfterMs, closeCode } = dials();
    const isDue = (ms: number): boolean => deps.isFaulty && ms > 0 && heardMs >= ms;
    if (isDue(cutAfterMs)) socket.terminate();
    if (isDue(freezeAfterMs)) {
      isDeaf = true;
      teller.freeze();
    }
    if (isDue(closeAfterMs)) end({ code: closeCode, reason: reasonOf(closeCode) });
  };

  const answers: Answers = {
    KeepAlive() {},
    Finalize({ channel }) {
      if (dials().finalizeAnswers) teller.tell(hearing.flush(true, channel));
    },
    CloseStream() {
      teller.tell(hearing.flush(false));
      end({ code: 1000, reason: '' });
    },
    Configure({ keyterms }) {
      const message = configureMessage(dials().configureAnswer, id, keyterms);
      if (message !== undefined) teller.say(message);
    },
    overload() {
      isDeaf = true;
      overload = setTimeout(() => end(SILENT_CLOSE), dials().overloadedMs);
    },
    refused({ answer }) {
      teller.say(answer);
    },
  };
  const answer = <Type extends ClientMessage['type']>(
    message: Extract<ClientMessage, { type: Type }>,
  ): void => answers[message.type](message);

  const inbox = createInbox(dials, (arrival) => {
    if (isDeaf) return;
    if (arrival.kind === 'message') return answer(arrival.message);
    teller.tell(hearing.hear(arrival.bytes));
    suffer(hearing.seconds * 1000);
  });
  const idle = createIdleWatch(
    () => dials().idleMs,
    () => end(IDLE_CLOSE),
  );

  const take = (arrival: Arrival): void => {
    if (!inbox.put(arrival)) socket.terminate();
  };
  const takeAudio = (bytes: Buffer): void => {
    const isFirst = ledger.receivedSeconds === 0;
    ledger.received('audio');
    // No bytes at all are an old way to say that the stream is over.
    if (bytes.length === 0) return take({ kind: 'message', message: { type: 'CloseStream' } });
    if (isUndecodable(bytes, isFirst)) return end(UNDECODABLE_CLOSE);
    const seconds = bytes.length / bytesASecond(query);
    ledger.audio(seconds);
    take({ kind: 'audio', bytes, seconds });
  };
  socket.on('message', (bytes: Buffer, isBinary: boolean) => {
    idle.sign(isBinary ? 'audio' : 'text');
    if (isBinary) return takeAudio(bytes);
    const message = decodeClientMessage(bytes.toString('utf8'), query.model);
    ledger.received(message.type);
    take({ kind: 'message', message });
  });
  socket.on('error', () => {});
  socket.on('close', (code) => {
    ledger.closed(code);
    clearTimeout(overload);
    idle.close();
    inbox.close();
    teller.close();
  });

  return {
    get isOpen() {
      return ledger.state().status === 'open';
    },
    state: ledger.state,
    cut: () => socket.terminate(),
  };
}

function bytesASecond({ encoding, sampleRate, channels }: ListenQuery): number {
  return sampleRate * channels * (encoding === 'linear16' ? 2 : 1);
}
