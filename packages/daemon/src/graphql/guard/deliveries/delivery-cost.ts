/** The cost of a result, in fields, like the cost of a query. Long texts count as several fields. */

/** The work of a delivery besides its fields: executing the operation and sending a message. */
export const DELIVERY_COST = 25;
/** The work of a delivery whose result was executed for another client: sending a message. */
export const SHARED_DELIVERY_WORK = 5;
/** The length of a text that costs as much as a field, characters. */
const TEXT_LENGTH = 512;

/** Returns the number of fields and list items in a result. It is as deep as a query or a JSON value may be. */
export function costOfResult(value: unknown): number {
  if (typeof value === 'string') return Math.floor(value.length / TEXT_LENGTH);
  if (typeof value !== 'object' || value === null) return 0;
  let cost = 0;
  if (Array.isArray(value)) for (const item of value) cost += 1 + costOfResult(item);
  else for (const key in value) cost += 1 + costOfResult((value as Record<string, unknown>)[key]);
  return cost;
}
