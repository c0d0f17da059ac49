import { FRAME_MS } from '../../audio/pcm.ts';
import { clockOffset } from '../../call/clock-step.ts';
import { reportPlayed } from './call-messages.ts';
import { isActive } from './call-parts.ts';
import type { VapiCallParts } from './call-parts.ts';
import { hangUp } from './lifecycle.ts';

/** Runs one 20 ms frame: scheduled actions, then the audio and events of the conversation. */
export function runFrame(call: VapiCallParts): void {
  const { conversation, tones, listeners, leg } = call;
  call.scheduler.tick();
  if (!isActive(call)) return;
  const received = leg?.receiveFrame();
  if (!isActive(call)) return;
  const frame = conversation.next();
  // Events are sent before the audio to which they belong.
  for (const { event } of frame.events) reportPlayed(call, event);
  const customer = tones.inbound.over(received ?? frame.customer);
  const assistant = tones.outbound.over(frame.assistant);
  if (listeners.size > 0) listeners.sendAudio(customer, assistant);
  leg?.sendFrame(frame.assistant);
  call.elapsedMs += FRAME_MS;
  call.record.clockOffsetMs = clockOffset(call.record.behaviour, call.elapsedMs);
  call.idleMs = isIdle(call) ? call.idleMs + FRAME_MS : 0;
  if (leg === undefined && call.idleMs >= call.record.behaviour.patienceMs)
    hangUp(call, 'customer-ended-call');
}

/** Whether the parties have nothing left to say and no tone is playing. */
function isIdle({ conversation, tones, record }: VapiCallParts): boolean {
  return conversation.idle && tones.inbound.idle && tones.outbound.idle && record.status === 'in-progress';
}
