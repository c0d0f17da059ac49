/** Constant-time comparison of secrets. */
import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Uint8Array => createHash('sha256').update(text).digest();

/** Returns whether two texts are equal. Compares digests, so the time does not depend on length or content. */
export function isSameSecret(received: string, expected: string): boolean {
  return timingSafeEqual(digest(received), digest(expected));
}
