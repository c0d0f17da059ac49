/** Reads the fields of a request, whatever the provider encodes them with. */
import type { IngressRequest } from '@sidetone/core';
import { objectOf, parseJson, type JsonObject } from './tolerant-json.ts';

const FORM = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

/**
 * Returns the fields of the query and the body: of JSON, a form, or a multipart form without its files. Fields of the body replace
 * those of the query, and the last of several with the same name counts. A body that cannot be read has none. Never rejects.
 */
export async function fieldsOf({
  query,
  headers,
  body,
}: Pick<IngressRequest, 'query' | 'headers' | 'body'>): Promise<JsonObject> {
  const type = headers['content-type'] ?? '';
  const inQuery = Object.fromEntries(query);
  if (body.length === 0) return inQuery;
  const inBody = FORM.test(type) ? await formFields(type, body) : jsonFields(body);
  return { ...inQuery, ...inBody };
}

const jsonFields = (body: Uint8Array): JsonObject => objectOf(parseJson(new TextDecoder().decode(body)));

async function formFields(type: string, body: Uint8Array): Promise<JsonObject> {
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    return Object.fromEntries([...form].filter(([, value]) => typeof value === 'string'));
  } catch {
    return {};
  }
}
