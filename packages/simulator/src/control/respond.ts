import { jsonObject } from '../http/http-request.ts';
import type { HttpReply } from '../http/http-request.ts';

/** The fields of a JSON body. */
export type Fields = Readonly<Record<string, unknown>>;

/** Runs a handler with the fields of a body. A `RangeError` of the handler becomes a 400 with its message. */
export function respond(body: string, handle: (fields: Fields) => HttpReply): HttpReply {
  const fields = jsonObject(body);
  if (fields === undefined) return badRequest('expected a JSON object');
  try {
    return handle(fields);
  } catch (error) {
    if (error instanceof RangeError) return badRequest(error.message);
    throw error;
  }
}

function badRequest(error: string): HttpReply {
  return { status: 400, body: { error } };
}
