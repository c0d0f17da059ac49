// Calls of GPT-Live assistants, by Vapi's documentation of autumn 2026: they have no listen socket, and take other commands.

import { objectOf } from './control/commands.ts';
import type { Command } from './control/commands.ts';

/** The model of a GPT-Live assistant in a call object. */
export const GPT_LIVE_MODEL = { provider: 'openai', model: 'gpt-live-1' };
/** The only format of its WebSocket transport. */
export const GPT_LIVE_FORMAT = { format: 'pcm_s16le', sampleRate: 24_000 };

/** Whether an assistant in a request is a GPT-Live assistant. */
export function isGptLive(assistant: unknown): boolean {
  const { model } = objectOf(objectOf(assistant)?.['model']) ?? {};
  return typeof model === 'string' && model.startsWith('gpt-live');
}

const SUPPORTED: readonly Command['type'][] = ['append-context', 'end-call', 'transfer'];

/** Returns why a command is rejected for the kind of the call, or undefined. */
export function unsupportedReason(
  { behaviour, type }: { readonly behaviour: { readonly gptLive: boolean }; readonly type: string },
  command: Command,
): string | undefined {
  if (!behaviour.gptLive)
    return command.type === 'append-context' ? 'append-context is supported for GPT-Live only' : undefined;
  const isSupported = SUPPORTED.includes(command.type);
  const canTransfer = command.type !== 'transfer' || type !== 'vapi.websocketCall';
  return isSupported && canTransfer ? undefined : `${command.type} is not supported for GPT-Live calls`;
}
