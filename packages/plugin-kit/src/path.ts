/** Builds the paths of REST requests from ids that a stranger may have chosen. */
import { FaultError } from '@sidetone/core';

/** Longest id in a path, in characters. */
const MAX_SEGMENT_LENGTH = 256;
/** A segment may be decoded by this many proxies before a server reads it. */
const MAX_DECODINGS = 3;
/** Empty, `.` and `..` (also with a matrix parameter) change which resource a path names; so do slashes. */
const UNSAFE = /^$|^\.{1,2}(;|$)|[/\\\p{Cc}\p{Cs}]/u;

/**
 * Tag of a template: `` path`/Call/${id}/Play/` ``. The text is used as it is; each value becomes one segment, or a part of one.
 * @throws {FaultError} PROVIDER_ID_INVALID for a value that is empty, `.`, `..`, too long, or contains a slash, a control character
 * or half of a surrogate pair, also if it is percent-encoded.
 */
export function path(texts: TemplateStringsArray, ...values: readonly string[]): string {
  return texts.reduce((built, text, i) => built + encodeSegment(values[i - 1]!) + text);
}

function encodeSegment(value: string): string {
  if (value.length > MAX_SEGMENT_LENGTH || isUnsafe(value)) {
    throw new FaultError('PROVIDER_ID_INVALID', 'the id cannot be a part of a URL, no request was sent');
  }
  return encodeURIComponent(value);
}

function isUnsafe(value: string): boolean {
  let decoded = value;
  for (let i = 0; i < MAX_DECODINGS; i++) {
    if (UNSAFE.test(decoded)) return true;
    decoded = decoded.replaceAll(/%([0-9a-f]{2})/gi, (_match, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  return UNSAFE.test(decoded);
}
