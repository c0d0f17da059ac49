/** Notes the requests of a plugin, and their responses. */
import { isFault } from '@sidetone/core';
import type { CaptureTarget } from './capture-target.ts';
import type { RawContent, RawRequest } from './raw-entry.ts';

/** The largest response body that is captured, bytes. Of larger ones, only the size. */
export const MAX_CAPTURED_REPLY_BYTES = 1024 * 1024;

export function captureFetch(send: typeof fetch, capture: CaptureTarget): typeof fetch {
  return async (input, init) => {
    if (!capture.isOn) return send(input, init);
    const number = capture.nextNumber();
    capture.note({ fetch: requestOf(input, init), number });
    try {
      const response = await send(input, init);
      void noteReply(response.clone(), number, capture);
      return response;
    } catch (error) {
      capture.note({ reply: { failed: codeOf(error) }, number });
      throw error;
    }
  };
}

function requestOf(input: Parameters<typeof fetch>[0], init: RequestInit = {}): RawRequest {
  const { url, method, headers } =
    input instanceof Request ? input : { url: String(input), method: 'GET', headers: [] };
  const sent = new Headers(init.headers ?? headers);
  const content = contentOf(init.body);
  if (init.body instanceof URLSearchParams && !sent.has('content-type'))
    sent.set('content-type', 'application/x-www-form-urlencoded');
  return {
    method: init.method ?? method,
    url,
    headers: Object.fromEntries(sent),
    ...(content === undefined && init.body ? { omitted: 0 } : { content }),
  };
}

function contentOf(body: RequestInit['body']): RawContent | undefined {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  return body instanceof Uint8Array ? body.slice() : undefined;
}

/** Reads a copy of the response. Never rejects. */
async function noteReply(response: Response, number: number, capture: CaptureTarget): Promise<void> {
  const { status } = response;
  const headers = Object.fromEntries(response.headers);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      bytes += part.value.length;
      if (bytes > MAX_CAPTURED_REPLY_BYTES) {
        void reader?.cancel().catch(() => undefined);
        return capture.note({ reply: { status, headers, omitted: bytes }, number });
      }
      chunks.push(part.value);
    }
    capture.note({ reply: { status, headers, content: Buffer.concat(chunks) }, number });
  } catch (error) {
    capture.note({ reply: { failed: codeOf(error) }, number });
  }
}

/** The code of a fault, or the code for a request that was not answered. */
function codeOf(error: unknown): string {
  if (isFault(error)) return error.code;
  const { name } = error as { readonly name?: string };
  return name === 'TimeoutError' || name === 'AbortError' ? 'PROVIDER_TIMEOUT' : 'PROVIDER_UNREACHABLE';
}
