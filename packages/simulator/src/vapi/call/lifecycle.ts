// The lifecycle of a call: scheduled, queued, ringing, in progress, ended.

import { assistantStarted, endOfCallReport, statusUpdate } from '../webhook/messages.ts';
import { namesAssistant } from '../webhook/server-requests.ts';
import { sendToAll, sendToSockets, setStatus } from './call-messages.ts';
import { cloudTime } from './call-object.ts';
import type { VapiCallParts } from './call-parts.ts';
import { stateOf } from './call-snapshot.ts';

/** Starts a call, at `earliestAt` if that is in the future. */
export function startCall(call: VapiCallParts, earliestAt = 0): void {
  const waitMs = earliestAt - call.record.createdAt;
  if (waitMs <= 0) return queueCall(call);
  setStatus(call, 'scheduled');
  call.scheduler.after(waitMs, () => queueCall(call));
}

function queueCall(call: VapiCallParts): void {
  const { record, scheduler, leg } = call;
  if (record.endedAt !== undefined) return;
  setStatus(call, 'queued');
  const { queuedMs, ringingMs, transportJoinMs } = record.behaviour;
  if (leg !== undefined) {
    scheduler.after(transportJoinMs, () => {
      if (!leg.connected) hangUp(call, 'call.in-progress.error-vapifault-transport-never-connected');
    });
    return;
  }
  scheduler.after(queuedMs, () => {
    if (record.endedAt === undefined) setStatus(call, 'ringing');
  });
  scheduler.after(queuedMs + ringingMs, () => void pickUp(call));
}

/** Ends an unanswered call, or answers it; first requests an assistant if the behaviour says so. */
async function pickUp(call: VapiCallParts): Promise<void> {
  const { record } = call;
  const { unansweredReason, assistantRequest } = record.behaviour;
  if (record.endedAt !== undefined) return;
  if (unansweredReason !== '') return hangUp(call, unansweredReason);
  if (assistantRequest) {
    const { status, body } = await call.requests.send({ type: 'assistant-request' });
    if (status !== 200) return hangUp(call, 'assistant-request-failed');
    if (!namesAssistant(body)) return hangUp(call, 'assistant-request-returned-no-assistant');
    if (record.endedAt !== undefined || call.isOver) return;
  }
  answer(call);
}

/** Starts the conversation. */
export function answer(call: VapiCallParts): void {
  const { record, leg } = call;
  record.startedAt = Date.now();
  setStatus(call, 'in-progress');
  sendToAll(call, assistantStarted(record));
  if (leg === undefined) call.conversation.play(record.script.turns);
  else leg.start();
  call.scheduler.after(record.behaviour.maxDurationMs, () => hangUp(call, 'exceeded-max-duration'));
}

/** Ends the call. The final messages follow after the delays of the behaviour. No effect on an ended call. */
export function hangUp(call: VapiCallParts, reason: string): void {
  const { record, scheduler, messageSender } = call;
  if (record.endedAt !== undefined) return;
  record.endedAt = cloudTime(record);
  record.endedReason = reason;
  sendToSockets(call, statusUpdate(record, 'ended'));
  call.listeners.close();
  call.leg?.close();
  const { endedDelayMs, reportDelayMs } = record.behaviour;
  scheduler.after(endedDelayMs, () => {
    record.status = 'ended';
    record.updatedAt = cloudTime(record);
    if (record.behaviour.sendEnded) messageSender.send(statusUpdate(record, 'ended'));
  });
  scheduler.after(Math.max(reportDelayMs, endedDelayMs), () => {
    if (record.behaviour.sendReport) messageSender.send(endOfCallReport(record));
    void finish(call);
  });
}

async function finish(call: VapiCallParts): Promise<void> {
  call.unsubscribe();
  await call.webhookSender.drained();
  call.isOver = true;
  call.settle(stateOf(call));
}

/** Stops the call immediately and sends nothing more. */
export function closeCall(call: VapiCallParts): void {
  call.unsubscribe();
  call.listeners.close();
  call.leg?.close();
  call.webhookSender.close();
  call.isOver = true;
  call.settle(stateOf(call));
}
