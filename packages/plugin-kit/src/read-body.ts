/** Reads the whole body of an answer, up to a bound. */

/** The bytes; undefined when there are more than `maxBytes`, which are then not read. Rejects when `signal` aborts. */
export async function readBody(
  response: Response,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    signal?.throwIfAborted();
    size += (chunk as Uint8Array).length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk as Uint8Array);
  }
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
