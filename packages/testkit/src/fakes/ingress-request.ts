/** What the daemon hands to a plugin's ingress and controls, made by a test. */
import {
  providerCallId,
  type CallId,
  type CommandContext,
  type CommandId,
  type ControlledCall,
  type IngressRequest,
} from '@sidetone/core';
import { FAKE_EPOCH } from './fake-clock.ts';

/** A request as a test tells it: what is left out is as the daemon would have it. */
export interface IngressRequestOptions {
  /** POST unless told. */
  readonly method?: string;
  /** Without a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, one of: JSON, form fields, or as it is. */
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly receivedAt?: number;
  readonly signal?: AbortSignal;
}

function contentOf({ json, form, body }: IngressRequestOptions): {
  type?: string;
  body: string | Uint8Array;
} {
  if ([json, form, body].filter((part) => part !== undefined).length > 1) {
    throw new Error('a request has one body: give one of `json`, `form` and `body`');
  }
  if (json !== undefined) return { type: 'application/json', body: JSON.stringify(json) };
  if (form) return { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(form).toString() };
  return { body: body ?? '' };
}

/** A request as the daemon would hand it over. */
export function createIngressRequest(options: IngressRequestOptions): IngressRequest {
  if (options.path.startsWith('/')) throw new Error(`the path ${options.path} begins with a slash`);
  const content = contentOf(options);
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    method: options.method ?? 'POST',
    path: options.path,
    query: new URLSearchParams(options.query),
    headers: {
      ...(content.type !== undefined && { 'content-type': content.type }),
      ...(Object.fromEntries(headers) as Record<string, string>),
    },
    body: typeof content.body === 'string' ? new TextEncoder().encode(content.body) : content.body,
    receivedAt: options.receivedAt ?? FAKE_EPOCH,
    signal: options.signal ?? new AbortController().signal,
  };
}

/** A call as a control sees it: in progress unless told. */
export function createControlledCall(
  callId: string,
  known: Partial<Pick<ControlledCall, 'status' | 'from' | 'to'>> = {},
): ControlledCall {
  return {
    id: `call_${callId}` as CallId,
    providerCallId: providerCallId(callId),
    status: 'IN_PROGRESS',
    ...known,
  };
}

/** The context of a command that nobody hurries. */
export function createCommandContext(signal: AbortSignal = new AbortController().signal): CommandContext {
  return { commandId: 'cmd_fake' as CommandId, signal };
}
