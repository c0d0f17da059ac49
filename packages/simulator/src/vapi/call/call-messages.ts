// Sends what happens on a call to its sockets and to the server URL.

import { FINAL_DELAY_MS } from '../../call/timeline.ts';
import type { SpeechEvent } from '../../call/timeline.ts';
import { conversationUpdate, speechMessage, statusUpdate } from '../webhook/messages.ts';
import type { ClientMessage } from '../webhook/messages.ts';
import { cloudTime, historyItem } from './call-object.ts';
import type { VapiStatus } from './call-object.ts';
import { isActive } from './call-parts.ts';
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
  call.record.updatedAt = cloudTime(call.record);
  sendToAll(call, statusUpdate(call.record, status));
}

/** Reports speech of the script, and the end of the customer's speech after its final if the behaviour says so. */
export function reportPlayed(call: VapiCallParts, event: SpeechEvent): void {
  const { finalBeforeStoppedMs } = call.record.behaviour;
  if (event.kind !== 'speech.stopped' || event.speaker !== 'customer' || finalBeforeStoppedMs === 0)
    return reportSpeech(call, event);
  call.scheduler.after(FINAL_DELAY_MS + finalBeforeStoppedMs, () => {
    if (isActive(call)) reportSpeech(call, event);
  });
}

/** Reports speech. A final transcript is added to the history. */
export function reportSpeech(call: VapiCallParts, event: SpeechEvent): void {
  const { record, callLog } = call;
  sendToAll(call, speechMessage(event, record));
  if (event.kind !== 'transcript.final') return;
  const { speaker, text, startMs, endMs } = event;
  callLog.addTranscript({ speaker, text, startMs, endMs });
  const { startedAt = record.createdAt, assistantSince, clockOffsetMs } = record;
  record.history.push(historyItem(event, startedAt + clockOffsetMs, assistantSince ?? startedAt));
  sendToAll(call, conversationUpdate(record));
}
