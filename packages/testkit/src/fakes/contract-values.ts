/** Creates the values that the daemon passes to a plugin: ingress requests, calls and command contexts. */
import {
  providerCallId,
  type CallId,
  type CommandContext,
  type CommandId,
  type ControlledCall,
  type IngressRequest,
} from '@sidetone/core';
import { FAKE_EPOCH } from './fake-clock.ts';
import { notAborted } from './not-aborted.ts';

/** The parts of an ingress request that a test sets. */
export interface IngressRequestOptions {
  /** Default: POST. */
  readonly method?: string;
  /** Without a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body: at most one of `json`, `form` and `body`. */
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Epoch ms. Default: {@link FAKE_EPOCH}. */
  readonly receivedAt?: number;
  readonly signal?: AbortSignal;
}

function contentOf({ json, form, body }: IngressRequestOptions): {
  type?: string;
  body: string | Uint8Array;
} {
  if ([json, form, body].filter((part) => part !== undefined).length > 1) {
    throw new Error('request: expected at most one of json, form and body');
  }
  if (json !== undefined) return { type: 'application/json', body: JSON.stringify(json) };
  if (form) return { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(form).toString() };
  return { body: body ?? '' };
}

/** Creates an ingress request. */
export function createIngressRequest(options: IngressRequestOptions): IngressRequest {
  if (options.path.startsWith('/'))
    throw new Error(`request: expected a path without a leading slash, received ${options.path}`);
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
    signal: options.signal ?? notAborted(),
  };
}

/** Creates a call as it is passed to a control. Default status: IN_PROGRESS. */
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

/** Creates the context of a command. By default, its signal never aborts. */
export function createCommandContext(signal: AbortSignal = notAborted()): CommandContext {
  return { commandId: 'cmd_fake' as CommandId, signal };
}
