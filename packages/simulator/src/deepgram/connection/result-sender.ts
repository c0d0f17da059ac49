// Sends results to a client: delayed, in order, and with the faults of the behaviour.

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

/** Sends the messages of one socket. The caller closes it. */
interface ResultSender {
  /** Queues the results of the transcription. */
  sendResults(results: readonly ChannelResult[]): void;
  send(message: Message): void;
  /** After all queued messages, sends `lastMessage`, if there is one, and closes the socket. */
  finish(close: Close, lastMessage?: () => Message): void;
  /** Stops sending, including the last message. */
  freeze(): void;
  close(): void;
}

/** The dependencies of a result sender. */
interface ResultSenderDeps {
  readonly socket: WebSocket;
  readonly context: MessageContext;
  readonly sessionLog: SessionLog;
  readonly isFaulty: boolean;
  readonly behaviour: () => DeepgramBehaviour;
  readonly dropsText: () => boolean;
}

/** Creates the sender of an accepted socket. */
export function createResultSender(deps: ResultSenderDeps): ResultSender {
  const { socket, context, sessionLog, behaviour } = deps;
  const faults = createFaults(behaviour);
  const outbox = createOutbox(() => behaviour().latencyMs);
  let isSilenced = false;

  const sendNow = (message: Message): void => {
    if (isSilenced || socket.readyState !== socket.OPEN) return;
    const count = sessionLog.sent(String(message['type']));
    const isCut = deps.isFaulty && count === behaviour().cutAtMessage;
    if (isCut || socket.bufferedAmount > MAX_BACKLOG_BYTES) return socket.terminate();
    for (const wire of faults.apply(message)) socket.send(wire, () => {});
  };
  const send = (message: Message): void => outbox.add(() => sendNow(message));

  return {
    send,
    sendResults(results) {
      for (const { channel, event } of results) {
        const hasWords = event.kind === 'results' && event.isFinal && event.words.length > 0;
        if (hasWords) sessionLog.final(event, channel);
        const sent = hasWords && deps.dropsText() ? { ...event, words: [] } : event;
        for (const one of applyUtteranceEnds(sent, behaviour())) send(eventMessage(one, channel, context));
      }
    },
    finish(close, lastMessage) {
      outbox.add(() => {
        if (lastMessage !== undefined) sendNow(lastMessage());
        if (!isSilenced) void closeSocket(socket, close.code, close.reason);
      });
    },
    freeze() {
      isSilenced = true;
    },
    close: outbox.close,
  };
}

/** Returns the utterance ends that the behaviour sends. */
function applyUtteranceEnds(event: ChannelEvent, { utteranceEnds }: DeepgramBehaviour): ChannelEvent[] {
  if (event.kind !== 'utterance-end' || utteranceEnds === 'after-words') return [event];
  const ignored = { ...event, lastWordEnd: -1 };
  if (utteranceEnds === 'both') return [event, ignored];
  return utteranceEnds === 'never' ? [] : [ignored];
}
