/** Requests and replies as JSON. */
import type { WireFault } from './remote-fault.ts';

/** Increased by changes that older releases cannot ignore. */
const VERSION = 1;

export interface RequestEnvelope {
  readonly kind: string;
  /** How long the sender waits, ms. */
  readonly waitMs: number;
  /** The process that sends, and its monotonic time. */
  readonly sender: string;
  readonly sentAt: number;
  readonly traceparent?: string | undefined;
  readonly body: unknown;
}

export type ReplyEnvelope = { readonly body: unknown } | { readonly fault: WireFault };

export const encode = (envelope: RequestEnvelope | ReplyEnvelope): string =>
  JSON.stringify({ v: VERSION, ...envelope });

/** Returns undefined if it is no request of this version. */
export function decodeRequest(text: string): RequestEnvelope | undefined {
  const value: Partial<RequestEnvelope> | undefined = parse(text);
  const isRequest =
    typeof value?.kind === 'string' &&
    typeof value.waitMs === 'number' &&
    typeof value.sender === 'string' &&
    typeof value.sentAt === 'number';
  return isRequest ? (value as RequestEnvelope) : undefined;
}

/** Returns undefined if it is no reply of this version. */
export const decodeReply = (text: string): ReplyEnvelope | undefined =>
  parse(text) as ReplyEnvelope | undefined;

function parse(text: string): object | undefined {
  try {
    const value = JSON.parse(text) as { v?: unknown } | null;
    return value?.v === VERSION ? value : undefined;
  } catch {
    return undefined;
  }
}
