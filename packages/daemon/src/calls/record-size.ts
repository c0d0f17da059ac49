/** Estimates the memory of events, so that buffers of events are limited in bytes and not only in number. */

/** Of an object, a number or a reference, in bytes. */
const VALUE_BYTES = 16;
/** Characters beyond Latin-1 use two bytes. */
const CHARACTER_BYTES = 2;

/** Returns the estimated size in bytes. Events consist of plain values that are stored as JSON, so they have no cycles. */
export function estimateBytes(event: object): number {
  let bytes = 0;
  const pending: unknown[] = [event];
  while (pending.length > 0) {
    const value = pending.pop();
    bytes += VALUE_BYTES;
    if (typeof value === 'string') bytes += CHARACTER_BYTES * value.length;
    else if (typeof value === 'object' && value !== null)
      for (const item of Object.values(value)) pending.push(item);
  }
  return bytes;
}
