// What a client is told: a little later than it could be, in order, and as wrongly as it is dialled.

import type { WebSocket } from 'ws';
import type { DeepgramBehaviour } from '../behaviour.ts';
import type { ChannelEvent } from '../transcript/channel.ts';
import { closeSocket, MAX_BACKLOG_BYTES } from '../../http/web-socket.ts';
import type { Close } from './close-codes.ts';
import { createFaults } from '../transcript/fault-injection.ts';
import type { ChannelResult } from '../transcript/transcription.ts';
import { eventMessage } from '../transcript/messages.ts';
import type { Message, MessageContext } from '../transcript/messages.ts';
import { createOutbox } from './outbox.ts';
import type { SessionLog } from '../session-state.ts';

/** Tells one client. Whoever creates it closes it. */
export interface ResultSender {
  /** What was heard. */
  sendResults(heard: readonly ChannelResult[]): void;
  send(message: Message): void;
  /** What is still to be said is said first, then `lastWord` is asked for, and the socket closed. */
  finish(close: Close, lastWord: () => Message): void;
  /** From now on nothing is said, not even goodbye. */
  freeze(): void;
  close(): void;
}

/** What a teller needs. */
export interface ResultSenderDeps {
  readonly socket: WebSocket;
  readonly context: MessageContext;
  readonly sessionLog: SessionLog;
  readonly isFaulty: boolean;
  readonly behaviour: () => DeepgramBehaviour;
  readonly dropsText: () => boolean;
}

/** For the client of a socket that was just accepted. */
export function createResultSender(deps: ResultSenderDeps): ResultSender {
  const { socket, context, sessionLog, behaviour } = deps;
  const faults = createFaults(behaviour);
  const outbox = createOutbox(() => behaviour().latencyMs);
  let isFrozen = false;

  const send = (message: Message): void => {
    if (isFrozen || socket.readyState !== socket.OPEN) return;
    const count = sessionLog.sent(String(message['type']));
    const isCut = deps.isFaulty && count === behaviour().cutAtMessage;
    if (isCut || socket.bufferedAmount > MAX_BACKLOG_BYTES) return socket.terminate();
    for (const wire of faults.apply(message)) socket.send(wire, () => {});
  };
  const say = (message: Message): void => outbox.add(() => send(message));

  return {
    send,
    sendResults(heard) {
      for (const { channel, event } of heard) {
        const hasWords = event.kind === 'results' && event.isFinal && event.words.length > 0;
        if (hasWords) sessionLog.final(event, channel);
        const told = hasWords && deps.dropsText() ? { ...event, words: [] } : event;
        for (const one of applyUtteranceEnds(told, behaviour())) say(eventMessage(one, channel, context));
      }
    },
    finish(close, lastWord) {
      outbox.add(() => {
        send(lastWord());
        if (!isFrozen) void closeSocket(socket, close.code, close.reason);
      });
    },
    freeze() {
      isFrozen = true;
    },
    close: outbox.close,
  };
}

/** What becomes of an event in the end. */
function applyUtteranceEnds(event: ChannelEvent, { utteranceEnds }: DeepgramBehaviour): ChannelEvent[] {
  if (event.kind !== 'utterance-end' || utteranceEnds === 'after-words') return [event];
  const useless = { ...event, lastWordEnd: -1 };
  if (utteranceEnds === 'both') return [event, useless];
  return utteranceEnds === 'never' ? [] : [useless];
}
