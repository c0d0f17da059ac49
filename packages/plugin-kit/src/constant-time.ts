/** Comparison of secrets that takes the same time wherever they differ. */
import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Uint8Array => createHash('sha256').update(text).digest();

/** Returns whether two texts are equal. Their digests are compared, so the time does not depend on length or content. */
export function isSameSecret(received: string, expected: string): boolean {
  return timingSafeEqual(digest(received), digest(expected));
}
