// What XML, REST and the tests do to the line of a call.

import { createStream } from '../stream/stream.ts';
import type { Stream } from '../stream/stream.ts';
import type { StreamSpec } from '../stream/stream-format.ts';
import { frameTime, hasEnded } from './call-parts.ts';
import type { VobizCallParts } from './call-parts.ts';

/** How many digits of one call are kept in each direction. */
const MAX_DIGITS = 1_000;

/** Starts the scripted conversation from its beginning. Without a callee, only the customer speaks. */
export function startScript(call: VobizCallParts, withCallee: boolean): void {
  const { turns } = call.deps.script;
  call.conversation.abandonScript();
  call.isScriptRunning = true;
  call.conversation.play(withCallee ? turns : turns.filter(({ speaker }) => speaker === 'customer'));
}

/** Stops the scripted conversation. */
export function abandonScript(call: VobizCallParts): void {
  call.conversation.abandonScript();
  call.isScriptRunning = false;
}

/** Queues a text in the assistant's voice. Returns false when too much is queued. */
export function speak({ callLog, conversation, deps }: VobizCallParts, text: string): boolean {
  return callLog.say(conversation, deps.speech.voice(text));
}

/** Starts a stream. */
export function addStream(call: VobizCallParts, spec: StreamSpec): Stream {
  const stream = createStream({
    spec,
    record: call.record,
    behaviour: () => call.behaviour,
    scheduler: call.scheduler,
    onStatus: (event) => call.webhooks.streamStatus(event),
  });
  call.streams.push(stream);
  return stream;
}

/** Sends digits to the person. */
export function sendDigits(call: VobizCallParts, digits: string): void {
  call.digitsSent = (call.digitsSent + digits).slice(-MAX_DIGITS);
}

/** The person presses digits. No effect on an ended call. */
export function pressDigits(call: VobizCallParts, digits: string): void {
  if (hasEnded(call)) return;
  call.digitsPressed = (call.digitsPressed + digits).slice(-MAX_DIGITS);
  for (const digit of digits) {
    for (const stream of call.streams) stream.sendDigit(digit, frameTime(call));
    for (const listener of call.digitListeners) listener(digit);
  }
}
