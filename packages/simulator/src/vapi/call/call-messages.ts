// Sends what happens on a call to its sockets and to the server URL.

import type { SpeechEvent } from '../../call/timeline.ts';
import { conversationUpdate, speechMessage, statusUpdate } from '../webhook/messages.ts';
import type { ClientMessage } from '../webhook/messages.ts';
import { historyItem } from './call-object.ts';
import type { VapiStatus } from './call-object.ts';
import type { VapiCallParts } from './call-parts.ts';

/** Sends a message to the listeners and to the transport socket. */
export function sendToSockets(call: VapiCallParts, message: ClientMessage): void {
  call.listeners.sendJson(message);
  call.leg?.sendJson(message);
}

/** Sends a message to the sockets and to the server URL. */
export function sendToAll(call: VapiCallParts, message: ClientMessage): void {
  sendToSockets(call, message);
  call.messageSender.send(message);
}

/** Changes the status and reports it. */
export function setStatus(call: VapiCallParts, status: VapiStatus): void {
  call.record.status = status;
  call.record.updatedAt = Date.now();
  sendToAll(call, statusUpdate(call.record, status));
}

/** Reports speech. A final transcript is added to the history. */
export function reportSpeech(call: VapiCallParts, event: SpeechEvent): void {
  const { record, callLog } = call;
  sendToAll(call, speechMessage(event, record));
  if (event.kind !== 'transcript.final') return;
  const { speaker, text, startMs, endMs } = event;
  callLog.addTranscript({ speaker, text, startMs, endMs });
  record.history.push(historyItem(event, record.startedAt ?? record.createdAt, record.assistantSince));
  sendToAll(call, conversationUpdate(record));
}
