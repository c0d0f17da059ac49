/** Checks of requests before they are passed to a plugin. */
import { FaultError, type IngressRequest } from '@sidetone/core';
import { findJsonExcess, MAX_JSON_DEPTH, MAX_JSON_VALUES } from '@sidetone/plugin-kit';

const SPACE = 0x20;
const OPENING: ReadonlySet<number | undefined> = new Set([0x5b, 0x7b]);
/** The bytes of a byte order mark and of a no-break space, in UTF-8. */
const IGNORED: ReadonlySet<number | undefined> = new Set([0xef, 0xbb, 0xbf, 0xc2, 0xa0]);

const EXPECTED = {
  depth: `at most ${MAX_JSON_DEPTH} levels`,
  values: `at most ${MAX_JSON_VALUES} values`,
} as const;

/**
 * Rejects a JSON body that is nested deeper than {@link MAX_JSON_DEPTH} or has more values than {@link MAX_JSON_VALUES}, whatever its
 * content type: code that walks it recursively would overflow the stack, and its values would take too much memory. The body is
 * scanned where it is: a copy of it would be garbage of its size.
 * @throws {FaultError} WIRE_MALFORMED.
 */
export function expectSmallJson({ body }: Pick<IngressRequest, 'body'>): void {
  if (body.length <= MAX_JSON_DEPTH) return;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!startsWithBracket(bytes)) return;
  const excess = findJsonExcess(bytes);
  if (excess) throw new FaultError('WIRE_MALFORMED', `body: expected JSON with ${EXPECTED[excess]}`);
}

/** Returns whether the first character is that of a JSON array or object, after what a parser may ignore. */
function startsWithBracket(bytes: Uint8Array): boolean {
  let at = 0;
  while (at < bytes.length && (bytes[at]! <= SPACE || IGNORED.has(bytes[at]))) at++;
  return OPENING.has(bytes[at]);
}
