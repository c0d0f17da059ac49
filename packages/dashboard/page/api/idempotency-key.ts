/** Returns a new idempotency key. `crypto.randomUUID` is not available on pages served over plain HTTP. */
export function newIdempotencyKey(): string {
  const random = crypto.getRandomValues(new Uint32Array(4));
  return `dashboard-${Array.from(random, (part) => part.toString(36)).join('')}`;
}
