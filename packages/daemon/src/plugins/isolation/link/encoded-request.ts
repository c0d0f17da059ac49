/** Requests of providers as messages: without their classes, their body and their signal. */
import type { IngressRequest, IngressRequestHead } from '@sidetone/core';
import type { EncodedRequest } from './protocol.ts';

export function encodeRequest(request: IngressRequestHead | IngressRequest): EncodedRequest {
  const { method, path, query, requestedUrl, headers, receivedAt } = request;
  return {
    method,
    path,
    query: String(query),
    ...(requestedUrl && { requestedUrl: requestedUrl.href }),
    headers,
    receivedAt,
    hasResponseStatus: 'responseStatus' in request && request.responseStatus !== undefined,
  };
}

export function decodeRequest(encoded: EncodedRequest): IngressRequestHead {
  const { method, path, query, requestedUrl, headers, receivedAt } = encoded;
  return {
    method,
    path,
    query: new URLSearchParams(query),
    ...(requestedUrl !== undefined && { requestedUrl: new URL(requestedUrl) }),
    headers,
    receivedAt,
  };
}
