// One socket, from its opening to its close: what comes is put in order and heard, what is heard is told a little
// later, and whatever a dial wants to go wrong goes wrong on the way.

import type { WebSocket } from 'ws';
import type { DeepgramBehaviour } from './behaviour.ts';
import type { ChannelEvent } from './channel.ts';
import { decodeClientMessage } from './client-message.ts';
import type { ClientMessage } from './client-message.ts';
import { closeSocket, IDLE_CLOSE, reasonOf, UNDECODABLE_CLOSE } from './closes.ts';
import { createFaults } from './faults.ts';
import { createHearing } from './hearing.ts';
import type { Heard } from './hearing.ts';
import { createIdleWatch } from './idle-watch.ts';
import { createInbox } from './inbox.ts';
import type { Arrival } from './inbox.ts';
import type { ListenQuery } from './listen-query.ts';
import { configureMessage, eventMessage, metadataMessage } from './messages.ts';
import type { Message } from './messages.ts';
import { createOutbox } from './outbox.ts';
import type { Phrase } from './recogniser/phrase-book.ts';
import { createLedger } from './session-state.ts';
import type { DeepgramSessionState } from './session-state.ts';
import { isUndecodable } from './undecodable.ts';

/** A client that does not read is cut off when so much waits for it. */
export const MAX_BACKLOG_BYTES = 1_000_000;

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
  const faults = createFaults(dials);
  let isFrozen = false;
  let isEnding = false;

  const send = (message: Message): void => {
    if (isFrozen || socket.readyState !== socket.OPEN) return;
    const count = ledger.sent(String(message['type']));
    const isCut = deps.isFaulty && count === dials().cutAtMessage;
    if (isCut || socket.bufferedAmount > MAX_BACKLOG_BYTES) return socket.terminate();
    for (const wire of faults.send(message)) socket.send(wire, () => {});
  };
  const outbox = createOutbox(() => dials().latencyMs);

  /** What is still to be said is said first. */
  const end = ({ code, reason }: { readonly code: number; readonly reason: string }): void => {
    if (isEnding) return;
    isEnding = true;
    outbox.put(() => {
      send(metadataMessage(context, hearing.seconds));
      if (!isFrozen) closeSocket(socket, code, reason);
    });
  };

  const tell = ({ channel, event }: Heard): void => {
    const hasWords = event.kind === 'results' && event.isFinal && event.words.length > 0;
    if (hasWords) ledger.final(event, channel);
    const told = hasWords && deps.losesWords() ? { ...event, words: [] } : event;
    for (const one of inTheEnd(told, dials())) {
      const message = eventMessage(one, channel, context);
      outbox.put(() => send(message));
    }
  };

  const suffer = (heardMs: number): void => {
    const { cutAfterMs, freezeAfterMs, closeAfterMs, closeCode } = dials();
    const isDue = (ms: number): boolean => deps.isFaulty && ms > 0 && heardMs >= ms;
    if (isDue(cutAfterMs)) socket.terminate();
    if (isDue(freezeAfterMs)) isFrozen = true;
    if (isDue(closeAfterMs)) end({ code: closeCode, reason: reasonOf(closeCode) });
  };

  const answers: Answers = {
    KeepAlive() {},
    Finalize({ channel }) {
      if (dials().finalizeAnswers) hearing.flush(true, channel).forEach(tell);
    },
    CloseStream() {
      hearing.flush(false).forEach(tell);
      end({ code: 1000, reason: '' });
    },
    Configure({ keyterms }) {
      const message = configureMessage(dials().configureAnswer, id, keyterms);
      if (message !== undefined) outbox.put(() => send(message));
    },
    refused({ answer }) {
      outbox.put(() => send(answer));
    },
  };
  const answer = <Type extends ClientMessage['type']>(
    message: Extract<ClientMessage, { type: Type }>,
  ): void => answers[message.type](message);

  const handle = (arrival: Arrival): void => {
    if (isEnding || isFrozen) return;
    if (arrival.kind === 'message') return answer(arrival.message);
    hearing.hear(arrival.bytes).forEach(tell);
    suffer(hearing.seconds * 1000);
  };
  const inbox = createInbox(dials, handle);
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
    idle.close();
    inbox.close();
    outbox.close();
  });

  return {
    get isOpen() {
      return ledger.state().status === 'open';
    },
    state: ledger.state,
    cut: () => socket.terminate(),
  };
}

/** What becomes of an event in the end. */
function inTheEnd(event: ChannelEvent, { utteranceEnds }: DeepgramBehaviour): ChannelEvent[] {
  if (event.kind !== 'utterance-end' || utteranceEnds === 'after-words') return [event];
  const useless = { ...event, lastWordEnd: -1 };
  if (utteranceEnds === 'both') return [event, useless];
  return utteranceEnds === 'never' ? [] : [useless];
}

function bytesASecond({ encoding, sampleRate, channels }: ListenQuery): number {
  return sampleRate * channels * (encoding === 'linear16' ? 2 : 1);
}
