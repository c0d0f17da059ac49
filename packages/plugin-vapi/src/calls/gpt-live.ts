/**
 * Recognises calls of GPT-Live assistants, which Vapi supports with other controls and formats: no listen socket, no `say`, `mute` or
 * `handoff`, transfers on some carriers only, and 24 kHz on the WebSocket transport. Pure.
 */
import { objectOf, textOf } from '@sidetone/plugin-kit';

const GPT_LIVE = /gpt[-_ ]?live/i;

/** The sample rate of its WebSocket transport, Hz: mono, 16 bits. */
export const GPT_LIVE_SAMPLE_RATE = 24_000;

/** The carriers over which it can transfer a call. */
export const GPT_LIVE_TRANSFER_CARRIERS: ReadonlySet<string> = new Set(['twilio', 'vapi']);

/** Returns whether an assistant object is a GPT-Live assistant. */
export function isGptLive(assistant: unknown): boolean {
  const model = objectOf(objectOf(assistant)['model']);
  const names = [model, ...Object.values(model).map(objectOf)].flatMap(({ provider, model: name, type }) => [
    provider,
    name,
    type,
  ]);
  return names.some((name) => GPT_LIVE.test(textOf(name) ?? ''));
}

/** Returns whether a call object, a message or the body of a request names a GPT-Live assistant. */
export const hasGptLive = (root: unknown): boolean =>
  [objectOf(root)['assistant'], objectOf(root)['assistantOverrides']].some(isGptLive);
