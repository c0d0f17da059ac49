// Answering and ending a call.

import type { Hangup } from '../webhook/hangup.ts';
import { hasEnded } from './call-parts.ts';
import type { VobizCallParts } from './call-parts.ts';
import { stateOf } from './call-snapshot.ts';

/** Answers the call. No effect if it is answered or has ended. */
export function answer(call: VobizCallParts): void {
  if (hasEnded(call)) return;
  call.record.answeredAt ??= Date.now();
  call.record.status = 'in-progress';
}

/** Cancels the running verb. `hangup` is set if the call ends. */
export function cancelVerb(call: VobizCallParts, hangup: Hangup | undefined): void {
  const verb = call.runningVerb;
  call.runningVerb = undefined;
  verb?.cancel?.(hangup);
}

/** Ends the call. No effect on an ended call. */
export function hangUp(call: VobizCallParts, hangup: Hangup): void {
  const { record } = call;
  if (hasEnded(call)) return;
  record.endedAt = Date.now();
  record.hangup = hangup;
  cancelVerb(call, hangup);
  record.status = 'completed';
  call.recordings.stopAll('HungUp');
  call.unsubscribe();
  void finish(call, hangup);
}

/** Closes the streams and sends the hangup webhook, in the order that the behaviour gives. */
async function finish(call: VobizCallParts, hangup: Hangup): Promise<void> {
  const { webhooks } = call;
  const isHangupFirst = call.behaviour.hangupOrder === 'before-close';
  if (isHangupFirst) await webhooks.hangup(hangup);
  await Promise.all(call.streams.map((stream) => stream.close()));
  if (!isHangupFirst) await webhooks.hangup(hangup);
  await call.webhookSender.drained();
  call.closing.abort();
  call.isOver = true;
  call.settle(stateOf(call));
}

/** Stops the call immediately and sends nothing more. */
export function closeCall(call: VobizCallParts): void {
  call.unsubscribe();
  call.record.endedAt ??= Date.now();
  call.closing.abort();
  call.webhookSender.close();
  for (const stream of call.streams) void stream.close();
  call.isOver = true;
  call.settle(stateOf(call));
}
