/** The span of a request that a plugin sends. Its address has no path: that of a provider can contain a secret. */
import type { Attributes, Span } from './span.ts';

interface SentRequest {
  readonly owner: string;
  readonly input: Parameters<typeof fetch>[0];
  readonly init: Parameters<typeof fetch>[1];
}

/** Returns the name and the attributes of the span. */
export function describeRequest({ owner, input, init }: SentRequest): {
  readonly name: string;
  readonly attributes: Attributes;
} {
  const { url, method } = input instanceof Request ? input : { url: String(input), method: 'GET' };
  const name = init?.method ?? method;
  return {
    name,
    attributes: {
      'http.request.method': name,
      'server.address': URL.canParse(url) ? new URL(url).hostname : undefined,
      'sidetone.provider.id': owner,
    },
  };
}

/** Sends a request and adds its result to its span. @throws what `send` throws */
export async function traceRequest(span: Span, send: () => Promise<Response>): Promise<Response> {
  try {
    const response = await send();
    const { status } = response;
    span.isFailed = status >= 400;
    span.attributes = {
      ...span.attributes,
      'http.response.status_code': status,
      ...(span.isFailed && { 'error.type': String(status) }),
    };
    return response;
  } catch (error) {
    const { name } = error as { readonly name?: string };
    const isTimeout = name === 'TimeoutError' || name === 'AbortError';
    span.isFailed = true;
    span.attributes = {
      ...span.attributes,
      'error.type': isTimeout ? 'PROVIDER_TIMEOUT' : 'PROVIDER_UNREACHABLE',
    };
    throw error;
  }
}
