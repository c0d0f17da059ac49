/** Masks an entry. Pure but for what the masker remembers. */
import type {
  CapturedContent,
  CapturedEntry,
  CapturedHead,
  CapturedRequest,
  CapturedResponse,
} from '@sidetone/plugin-kit';
import type { Masker } from './masking/masker.ts';
import type { RawContent, RawEntry, RawHead, RawRequest, RawResponse } from './raw-entry.ts';

export function maskEntry(entry: RawEntry, masker: Masker): CapturedEntry {
  // Known from now on, in every place.
  if (entry.token !== undefined) return { at: entry.at, token: masker.secrets.add(entry.token, 'token') };
  const {
    request,
    response,
    fetch,
    reply,
    connect,
    dial,
    message,
    sends,
    emits,
    call,
    token: _token,
    ...others
  } = entry;
  return {
    ...others,
    ...(request && { request: maskRequest(request, masker) }),
    ...(response && { response: maskResponse(response, masker) }),
    ...(fetch && { fetch: maskRequest(fetch, masker) }),
    ...(reply && { reply: maskResponse(reply, masker) }),
    ...(connect && { connect: maskHead(connect, masker) }),
    ...(dial && { dial: maskHead(dial, masker) }),
    ...(message !== undefined && { message: maskContent(message, masker) }),
    ...(sends !== undefined && { sends: maskContent(sends, masker) }),
    ...(emits !== undefined && { emits: JSON.parse(masker.text(emits)) as unknown }),
    ...(call !== undefined && { call: masker.text(call, 'text/plain') }),
  };
}

function maskHead({ method, path, url, query, headers }: RawHead, masker: Masker): CapturedHead {
  return {
    ...(method !== undefined && { method }),
    ...(path !== undefined && { path: masker.address(path) }),
    ...(url !== undefined && { url: masker.address(url) }),
    ...(query !== undefined && query !== '' && { query: queryOf(masker.text(query, FORM)) }),
    ...(headers && { headers: masker.headers(headers) }),
  };
}

const FORM = 'application/x-www-form-urlencoded';
const queryOf = (query: string): Record<string, string> => Object.fromEntries(new URLSearchParams(query));

function maskRequest({ content, omitted, ...head }: RawRequest, masker: Masker): CapturedRequest {
  return { ...maskHead(head, masker), ...maskBody(content, omitted, head.headers, masker) };
}

function maskResponse(
  { content, omitted, status, headers, failed }: RawResponse,
  masker: Masker,
): CapturedResponse {
  return {
    ...(status !== undefined && { status }),
    ...(headers && { headers: masker.headers(headers) }),
    ...maskBody(content, omitted, headers, masker),
    ...(failed !== undefined && { failed }),
  };
}

function maskBody(
  content: RawContent | undefined,
  omitted: number | undefined,
  headers: RawHead['headers'],
  masker: Masker,
): { readonly content?: CapturedContent } {
  if (omitted !== undefined) return { content: { omitted } };
  if (content === undefined || content.length === 0) return {};
  return { content: maskContent(content, masker, contentTypeOf(headers)) };
}

const contentTypeOf = (headers: RawHead['headers'] = {}): string =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';

function maskContent(content: RawContent, masker: Masker, contentType = ''): CapturedContent {
  const masked =
    typeof content === 'string'
      ? { text: masker.text(content, contentType) }
      : masker.bytes(content, contentType);
  return 'text' in masked ? asJson(masked.text) : masked;
}

/** Returns JSON as a value if that says the same, because it is easier to read. */
function asJson(text: string): CapturedContent {
  if (!/^\s*[{[]/.test(text)) return { text };
  try {
    const json = JSON.parse(text) as unknown;
    return JSON.stringify(json) === text ? { json } : { text };
  } catch {
    return { text };
  }
}
